//! The one router that everything goes through.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate as _},
    },
};

use crate::{accessibility, answer, assets, gallery, health, problem_pages, sign_in, state::WebState};

/// Scripts, styles and pictures from here alone, none in the markup; forms go here; nobody frames the site.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
     font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const PERMISSIONS_POLICY: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()";

/// A response with this extension may be shown by other sites: a picture or a file of open data, never a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embeddable;

/// The programmes with everything around them: sign-in, assets, health, error pages, and for every request its
/// context ([`crate::Visitor`]), checks and limits.
pub fn router(web: &WebState, programmes: Router) -> Router {
    let visited = programmes
        .merge(sign_in::routes(web.clone()))
        .merge(problem_pages::routes())
        .merge(gallery::routes())
        .merge(accessibility::routes())
        .fallback(answer::not_found)
        .layer(CatchPanicLayer::custom(answer::after_panic))
        .layer(DefaultBodyLimit::max(web.inner.options.body_limit))
        .layer(from_fn_with_state(web.clone(), answer::answer));
    visited
        .merge(assets::routes())
        .merge(health::routes(web.clone()))
        .merge(web.files.clone())
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(may_compress)))
        .layer(from_fn_with_state(web.clone(), put_security_headers))
        .layer(from_fn_with_state(web.clone(), answer::log))
}

/// What shows something of a person is not compressed: the length of a compressed page tells about its secrets when
/// somebody can put a part of the page there (BREACH).
fn may_compress(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers.get(header::CACHE_CONTROL).is_none_or(|value| value != "no-store")
}

async fn put_security_headers(State(web): State<WebState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let embeddable = response.extensions().get::<Embeddable>().is_some();
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    put(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "same-origin");
    put(HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY);
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(
        HeaderName::from_static("cross-origin-resource-policy"),
        if embeddable { "cross-origin" } else { "same-origin" },
    );
    if web.inner.cookies.secure {
        put(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}
