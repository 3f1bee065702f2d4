//! The stylesheet, the script and the icon, under addresses that carry a hash of what they hold: cached for ever,
//! replaced at once.

use std::sync::LazyLock;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::problem::Problem;

/// Light, dark, and what is common to both. The dark values stand once and count twice: where the device asks for
/// them, and where the visitor did. Paper is always light.
const STYLESHEET: &str = concat!(
    include_str!("../assets/css/tokens.css"),
    "@media screen and (prefers-color-scheme: dark) { :root:not([data-theme=\"light\"]) {\n",
    include_str!("../assets/css/dark.css"),
    "} }\n@media screen { :root[data-theme=\"dark\"] {\n",
    include_str!("../assets/css/dark.css"),
    "} }\n",
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/shell.css"),
    include_str!("../assets/css/buttons.css"),
    include_str!("../assets/css/forms.css"),
    include_str!("../assets/css/components.css"),
    include_str!("../assets/css/tables.css"),
    include_str!("../assets/css/work.css"),
    include_str!("../assets/css/cases.css"),
    include_str!("../assets/css/charts.css"),
    include_str!("../assets/css/laws.css"),
    include_str!("../assets/css/laboratory.css"),
    include_str!("../assets/css/easy.css"),
    include_str!("../assets/css/contrast.css"),
    include_str!("../assets/css/print.css"),
);

const SCRIPT: &str = include_str!("../assets/js/maru.js");
const ICON: &str = include_str!("../assets/icon.svg");

/// A file that pages refer to.
pub(crate) struct Asset {
    /// Its address.
    pub(crate) path: String,
    media_type: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(name: &str, extension: &str, media_type: &'static str, content: &'static str) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(content).iter().take(9).copied().collect::<Vec<u8>>());
        Self { path: format!("/assets/{name}.{hash}.{extension}"), media_type, content }
    }

    fn response(&self, cache: &'static str) -> Response {
        ([(header::CONTENT_TYPE, self.media_type), (header::CACHE_CONTROL, cache)], self.content).into_response()
    }
}

/// All of them.
pub(crate) struct Assets {
    pub(crate) stylesheet: Asset,
    pub(crate) script: Asset,
    pub(crate) icon: Asset,
}

/// The assets of this build.
pub(crate) static ASSETS: LazyLock<Assets> = LazyLock::new(|| Assets {
    stylesheet: Asset::new("maru", "css", "text/css; charset=utf-8", STYLESHEET),
    script: Asset::new("maru", "js", "text/javascript; charset=utf-8", SCRIPT),
    icon: Asset::new("icon", "svg", "image/svg+xml", ICON),
});

async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let path = format!("/assets/{file}");
    let assets = [&ASSETS.stylesheet, &ASSETS.script, &ASSETS.icon];
    let Some(asset) = assets.into_iter().find(|asset| asset.path == path) else {
        return Problem::not_found().into_response();
    };
    // The address is the content: whoever asks whether it changed has it already.
    if headers.contains_key(header::IF_NONE_MATCH) || headers.contains_key(header::IF_MODIFIED_SINCE) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    asset.response("public, max-age=31536000, immutable")
}

/// The routes of the assets.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/assets/{file}", get(asset))
        .route("/favicon.ico", get(|| async { ASSETS.icon.response("public, max-age=86400") }))
}
