#ifndef CVIEWERASSETS_H
#define CVIEWERASSETS_H

#include <stddef.h>

/// A file of the viewer's page. Name and bytes are part of the executable and live as long as the process.
struct viewer_asset {
    const char *name;
    const unsigned char *bytes;
    size_t count;
};

/// Returns the file with an index, counted from 0; NULL behind the last one.
const struct viewer_asset *viewer_asset_at(size_t index);

#endif
