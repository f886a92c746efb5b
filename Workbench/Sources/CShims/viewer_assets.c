// The files of the viewer's page, embedded by the C preprocessor. The Swift compiler takes 12 seconds for the same arrays.

#include "CShims.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char api_js[] = {
#embed "Assets/api.js"
};
static const unsigned char details_js[] = {
#embed "Assets/details.js"
};
static const unsigned char dom_js[] = {
#embed "Assets/dom.js"
};
static const unsigned char fields_js[] = {
#embed "Assets/fields.js"
};
static const unsigned char format_js[] = {
#embed "Assets/format.js"
};
static const unsigned char icon_svg[] = {
#embed "Assets/icon.svg"
};
static const unsigned char index_html[] = {
#embed "Assets/index.html"
};
static const unsigned char json_view_js[] = {
#embed "Assets/json-view.js"
};
static const unsigned char main_js[] = {
#embed "Assets/main.js"
};
static const unsigned char messages_js[] = {
#embed "Assets/messages.js"
};
static const unsigned char model_js[] = {
#embed "Assets/model.js"
};
static const unsigned char session_page_js[] = {
#embed "Assets/session-page.js"
};
static const unsigned char sessions_page_js[] = {
#embed "Assets/sessions-page.js"
};
static const unsigned char theme_js[] = {
#embed "Assets/theme.js"
};
static const unsigned char viewer_css[] = {
#embed "Assets/viewer.css"
};
static const unsigned char waterfall_js[] = {
#embed "Assets/waterfall.js"
};

#define ASSET(name, array) {name, array, sizeof(array)}

static const struct viewer_asset assets[] = {
    ASSET("api.js", api_js),
    ASSET("details.js", details_js),
    ASSET("dom.js", dom_js),
    ASSET("fields.js", fields_js),
    ASSET("format.js", format_js),
    ASSET("icon.svg", icon_svg),
    ASSET("index.html", index_html),
    ASSET("json-view.js", json_view_js),
    ASSET("main.js", main_js),
    ASSET("messages.js", messages_js),
    ASSET("model.js", model_js),
    ASSET("session-page.js", session_page_js),
    ASSET("sessions-page.js", sessions_page_js),
    ASSET("theme.js", theme_js),
    ASSET("viewer.css", viewer_css),
    ASSET("waterfall.js", waterfall_js),
};

const struct viewer_asset *viewer_asset_at(size_t index) {
    return index < sizeof(assets) / sizeof(assets[0]) ? &assets[index] : NULL;
}
