//! Visitors for tests of templates: of any role, in any language, always the same.

use std::sync::Arc;

use jiff::Timestamp;
use maru_identity::Role;

use crate::{
    bilingual::Bilingual,
    language::Language,
    secret::CsrfToken,
    site::{NavigationItem, SeenBy, Site},
    visitor::{Place, Theme, Visitor},
};

/// A site for tests: the demonstration city.
pub fn site() -> Site {
    Site {
        service: Bilingual::new("마루시 민원", "Maru City inquiries"),
        agency: Bilingual::new("마루시", "Maru City"),
        address: Bilingual::new("마루시 마루광장로 1", "1 Marugwangjang-ro, Maru City"),
        telephone: "02-0000-1000".to_owned(),
        demonstration: Some(Bilingual::new(
            "지어낸 도시로 꾸민 시연용 누리집입니다. 실제 기관이나 사람과 관계가 없습니다.",
            "This is a demonstration with an invented city. It is not related to any real agency or person.",
        )),
        navigation: vec![
            NavigationItem::new("/", "민원 신청", "Ask").seen_by(SeenBy::Public),
            NavigationItem::new("/my", "내 민원", "My inquiries").seen_by(SeenBy::Role(Role::Citizen)),
            NavigationItem::new("/work", "처리할 민원", "Work queue").seen_by(SeenBy::Staff),
        ],
        footer: Vec::new(),
        source_code: String::new(),
    }
}

/// A stranger, on 13 February 2026 at 16:30 in Korea.
pub fn visitor(language: Language) -> Visitor {
    Visitor {
        language,
        principal: None,
        called: None,
        csrf: CsrfToken::for_tests(),
        theme: Theme::System,
        request_id: "00000000-0000-4000-8000-000000000000".to_owned(),
        now: Timestamp::constant(1_770_967_800, 0),
        place: Place::new("/", ""),
        site: Arc::new(site()),
    }
}

/// A small OpenAPI document, for tests of its page.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Maru", version = "1.0.0", description = "A sample.\n\nTwo paragraphs."),
    paths(sample_operation),
    components(schemas(SampleInquiry)),
    tags((name = "Inquiries", description = "What citizens ask."))
)]
struct SampleApi;

/// An inquiry.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "only its shape is told")]
struct SampleInquiry {
    /// In a few words.
    #[schema(example = "가로등이 꺼져 있어요")]
    title: String,
    /// When it is due.
    due: Option<String>,
    /// Earlier ones on the same matter.
    #[schema(no_recursion)]
    earlier: Vec<SampleInquiry>,
}

#[utoipa::path(
    post,
    path = "/api/inquiries/{department}",
    tag = "Inquiries",
    summary = "Files an inquiry",
    params(("department" = String, Path, description = "The department.")),
    request_body = SampleInquiry,
    responses((status = 201, description = "It was received.", body = SampleInquiry), (status = 422, description = "A field is missing."))
)]
#[expect(dead_code, reason = "only its shape is told")]
fn sample_operation() {}

/// A small OpenAPI document, for tests of the page that shows one.
pub fn api_document() -> utoipa::openapi::OpenApi {
    <SampleApi as utoipa::OpenApi>::openapi()
}
