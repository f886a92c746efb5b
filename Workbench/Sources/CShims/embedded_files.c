// The files of the viewer's page and of new packages, embedded by the C preprocessor. The Swift compiler takes 12 seconds for
// the same arrays.

#include "CShims.h"
#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char api_js[] = {
#embed "Assets/api.js"
};
static const unsigned char compare_page_js[] = {
#embed "Assets/compare-page.js"
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
static const unsigned char invocations_page_js[] = {
#embed "Assets/invocations-page.js"
};
static const unsigned char json_view_js[] = {
#embed "Assets/json-view.js"
};
static const unsigned char markdown_js[] = {
#embed "Assets/markdown.js"
};
static const unsigned char main_js[] = {
#embed "Assets/main.js"
};
static const unsigned char model_js[] = {
#embed "Assets/model.js"
};
static const unsigned char page_js[] = {
#embed "Assets/page.js"
};
static const unsigned char prices_json[] = {
#embed "Assets/prices.json"
};
static const unsigned char runs_page_js[] = {
#embed "Assets/runs-page.js"
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
static const unsigned char api_test_swift_template[] = {
#embed "Templates/api-test.swift.template"
};
static const unsigned char api_swift_template[] = {
#embed "Templates/api.swift.template"
};
static const unsigned char package_swift_template[] = {
#embed "Templates/package.swift.template"
};
static const unsigned char queue_test_swift_template[] = {
#embed "Templates/queue-test.swift.template"
};
static const unsigned char queue_swift_template[] = {
#embed "Templates/queue.swift.template"
};
static const unsigned char readme_md_template[] = {
#embed "Templates/readme.md.template"
};
static const unsigned char sam_yaml_template[] = {
#embed "Templates/sam.yaml.template"
};
static const unsigned char session_test_swift_template[] = {
#embed "Templates/session-test.swift.template"
};
static const unsigned char session_swift_template[] = {
#embed "Templates/session.swift.template"
};
static const unsigned char streaming_test_swift_template[] = {
#embed "Templates/streaming-test.swift.template"
};
static const unsigned char streaming_swift_template[] = {
#embed "Templates/streaming.swift.template"
};

#define EMBEDDED(name, array) {name, array, sizeof(array)}

static const struct embedded_file viewer_files[] = {
    EMBEDDED("api.js", api_js),
    EMBEDDED("compare-page.js", compare_page_js),
    EMBEDDED("details.js", details_js),
    EMBEDDED("dom.js", dom_js),
    EMBEDDED("fields.js", fields_js),
    EMBEDDED("format.js", format_js),
    EMBEDDED("icon.svg", icon_svg),
    EMBEDDED("index.html", index_html),
    EMBEDDED("invocations-page.js", invocations_page_js),
    EMBEDDED("json-view.js", json_view_js),
    EMBEDDED("markdown.js", markdown_js),
    EMBEDDED("main.js", main_js),
    EMBEDDED("model.js", model_js),
    EMBEDDED("page.js", page_js),
    EMBEDDED("prices.json", prices_json),
    EMBEDDED("runs-page.js", runs_page_js),
    EMBEDDED("session-page.js", session_page_js),
    EMBEDDED("sessions-page.js", sessions_page_js),
    EMBEDDED("theme.js", theme_js),
    EMBEDDED("viewer.css", viewer_css),
    EMBEDDED("waterfall.js", waterfall_js),
};

static const struct embedded_file template_files[] = {
    EMBEDDED("api-test.swift.template", api_test_swift_template),
    EMBEDDED("api.swift.template", api_swift_template),
    EMBEDDED("package.swift.template", package_swift_template),
    EMBEDDED("queue-test.swift.template", queue_test_swift_template),
    EMBEDDED("queue.swift.template", queue_swift_template),
    EMBEDDED("readme.md.template", readme_md_template),
    EMBEDDED("sam.yaml.template", sam_yaml_template),
    EMBEDDED("session-test.swift.template", session_test_swift_template),
    EMBEDDED("session.swift.template", session_swift_template),
    EMBEDDED("streaming-test.swift.template", streaming_test_swift_template),
    EMBEDDED("streaming.swift.template", streaming_swift_template),
};

static const struct embedded_file *file(const struct embedded_file *files, size_t count, const char *name) {
    for (size_t index = 0; index < count; index++) {
        if (strcmp(files[index].name, name) == 0) return &files[index];
    }
    return NULL;
}

const struct embedded_file *embedded_viewer_file(const char *name) {
    return file(viewer_files, sizeof(viewer_files) / sizeof(viewer_files[0]), name);
}

const struct embedded_file *embedded_template(const char *name) {
    return file(template_files, sizeof(template_files) / sizeof(template_files[0]), name);
}
