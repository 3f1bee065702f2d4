//! The interface for programs, told to people: `/api` shows the OpenAPI 3.1 document in our look, `/api/openapi.json`
//! is the document itself.

mod schema;

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::Value;
use utoipa::openapi::OpenApi;

use self::schema::{SchemaView, pretty, sample, schema_views, type_words};
use crate::{
    components::{Disclosure, Table},
    html::Html,
    page::{Page, PageKind},
    problem::Problem,
    visitor::Visitor,
};

/// The methods in the order in which they are shown.
const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

/// An OpenAPI document, ready to be shown.
#[derive(Debug, Clone)]
pub struct ApiDocument {
    document: Arc<Value>,
}

struct ParameterView {
    name: String,
    place: String,
    kind: String,
    required: bool,
    description: String,
}

struct AnswerView {
    status: String,
    description: String,
    media_type: String,
    kind: String,
}

struct OperationView {
    identifier: String,
    method: String,
    path: String,
    summary: String,
    description: Html,
    deprecated: bool,
    parameters: Option<Table>,
    body_kind: String,
    body_sample: Option<Disclosure>,
    answers: Table,
    answer_sample: Option<Disclosure>,
}

struct TagView {
    name: String,
    description: String,
    operations: Vec<OperationView>,
}

#[derive(Template)]
#[template(path = "openapi.html")]
struct OpenApiBody<'a> {
    visitor: &'a Visitor,
    title: &'a str,
    version: &'a str,
    description: Html,
    tags: Vec<TagView>,
    schemas: Vec<SchemaView>,
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or("")
}

fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    value.get(member).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

impl ApiDocument {
    /// The document of all programmes.
    pub fn new(document: &OpenApi) -> Result<Self, serde_json::Error> {
        Ok(Self { document: Arc::new(serde_json::to_value(document)?) })
    }

    /// The document as JSON, indented: what is committed and what `/api/openapi.json` serves.
    pub fn json(&self) -> String {
        pretty(&self.document)
    }

    /// The page `/api`.
    pub fn page(&self, visitor: &Visitor) -> Result<Page, Problem> {
        let information = self.document.get("info").unwrap_or(&Value::Null);
        let body = Html::render(&OpenApiBody {
            visitor,
            title: text(information, "title"),
            version: text(information, "version"),
            description: Html::paragraphs(text(information, "description")),
            tags: self.tags(visitor),
            schemas: schema_views(visitor.language, &self.document),
        })?;
        Ok(Page::new(visitor, visitor.say("개방 API", "API"), PageKind::Overview).body(body))
    }

    /// Operations by tag: the tags that the document describes first, then the others as they come.
    fn tags(&self, visitor: &Visitor) -> Vec<TagView> {
        let described = list(&self.document, "tags").iter();
        let mut tags: Vec<TagView> = described
            .map(|tag| TagView {
                name: text(tag, "name").to_owned(),
                description: text(tag, "description").to_owned(),
                operations: Vec::new(),
            })
            .collect();
        let paths = self.document.get("paths").and_then(Value::as_object);
        for (path, item) in paths.into_iter().flatten() {
            for method in METHODS {
                let Some(operation) = item.get(method) else { continue };
                let name = list(operation, "tags").first().and_then(Value::as_str).unwrap_or("API");
                let view = || self.operation(visitor, method, path, operation);
                if !tags.iter().any(|tag| tag.name == name) {
                    tags.push(TagView { name: name.to_owned(), description: String::new(), operations: Vec::new() });
                }
                tags.iter_mut().filter(|tag| tag.name == name).for_each(|tag| tag.operations.push(view()));
            }
        }
        tags.retain(|tag| !tag.operations.is_empty());
        tags
    }

    fn operation(&self, visitor: &Visitor, method: &str, path: &str, operation: &Value) -> OperationView {
        let identifier = match text(operation, "operationId") {
            "" => format!("{method}-{}", path.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-")),
            identifier => identifier.to_owned(),
        };
        let (body_kind, body_sample) = self.content(operation.get("requestBody"));
        let answers = Self::answers(operation);
        let success = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        let mut success = success.filter(|(status, _)| status.starts_with('2'));
        let answer_sample = success.next().and_then(|(_, answer)| self.content(Some(answer)).1);
        OperationView {
            identifier,
            method: method.to_uppercase(),
            path: path.to_owned(),
            summary: text(operation, "summary").to_owned(),
            description: Html::paragraphs(text(operation, "description")),
            deprecated: operation.get("deprecated").and_then(Value::as_bool).unwrap_or(false),
            parameters: Self::parameters(visitor, operation),
            body_kind,
            body_sample: folded(visitor.say("보낼 내용의 본보기", "Sample of what to send"), body_sample),
            answers: answers_table(visitor, &answers),
            answer_sample: folded(visitor.say("답의 본보기", "Sample of the answer"), answer_sample),
        }
    }

    fn parameters(visitor: &Visitor, operation: &Value) -> Option<Table> {
        let parameters = list(operation, "parameters");
        let views = parameters.iter().map(|parameter| ParameterView {
            name: text(parameter, "name").to_owned(),
            place: text(parameter, "in").to_owned(),
            kind: type_words(parameter.get("schema").unwrap_or(&Value::Null)),
            required: parameter.get("required").and_then(Value::as_bool).unwrap_or(false),
            description: text(parameter, "description").to_owned(),
        });
        let table = Table::new(visitor.say("매개변수", "Parameters"))
            .column(visitor.say("이름", "Name"))
            .column(visitor.say("자리", "In"))
            .column(visitor.say("형식", "Type"))
            .column(visitor.say("설명", "Description"));
        let table = views.fold(table, |table, view| {
            let required =
                visitor.say(if view.required { "필수. " } else { "" }, if view.required { "Required. " } else { "" });
            table.row([
                code(&view.name),
                Html::text(&view.place),
                Html::text(&view.kind),
                Html::text(&format!("{required}{}", view.description)),
            ])
        });
        (!parameters.is_empty()).then_some(table)
    }

    /// The type and a sample of a body.
    fn content(&self, holder: Option<&Value>) -> (String, Option<String>) {
        let Some((media_type, content)) = holder.and_then(|holder| holder.get("content")?.as_object()?.iter().next())
        else {
            return (String::new(), None);
        };
        let schema = content.get("schema").unwrap_or(&Value::Null);
        let given = content.get("example").cloned();
        let given = given.or_else(|| content.get("examples")?.as_object()?.values().next()?.get("value").cloned());
        let shown = given.or_else(|| sample(&self.document, schema, 0));
        let shown = shown.map(|shown| shown.as_str().map_or_else(|| pretty(&shown), str::to_owned));
        (format!("{media_type} · {}", type_words(schema)), shown)
    }

    fn answers(operation: &Value) -> Vec<AnswerView> {
        let responses = operation.get("responses").and_then(Value::as_object).into_iter().flatten();
        let views = responses.map(|(status, answer)| {
            let content = answer.get("content").and_then(Value::as_object).and_then(|content| content.iter().next());
            AnswerView {
                status: status.clone(),
                description: text(answer, "description").to_owned(),
                media_type: content.map(|(media_type, _)| media_type.clone()).unwrap_or_default(),
                kind: content.and_then(|(_, content)| content.get("schema")).map(type_words).unwrap_or_default(),
            }
        });
        views.collect()
    }

    /// The routes of the page and the document.
    pub fn routes(self) -> Router {
        let json: Arc<str> = self.json().into();
        let document = move || {
            let json = Arc::clone(&json);
            async move { json_response(&json) }
        };
        let page = move |visitor: Visitor| {
            let document = self.clone();
            async move { document.page(&visitor) }
        };
        Router::new().route("/api", get(page)).route("/api/openapi.json", get(document))
    }
}

fn json_response(json: &str) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, json.to_owned()).into_response()
}

fn answers_table(visitor: &Visitor, answers: &[AnswerView]) -> Table {
    let table = Table::new(visitor.say("답", "Answers"))
        .column(visitor.say("상태", "Status"))
        .column(visitor.say("뜻", "Meaning"))
        .column(visitor.say("형식", "Type"));
    answers.iter().fold(table, |table, answer| {
        let kind = [answer.media_type.as_str(), answer.kind.as_str()];
        let kind: Vec<&str> = kind.into_iter().filter(|part| !part.is_empty()).collect();
        table.row([code(&answer.status), Html::text(&answer.description), Html::text(&kind.join(" · "))])
    })
}

fn folded(title: &str, sample: Option<String>) -> Option<Disclosure> {
    let sample = sample?;
    let body = Html::trusted("<pre tabindex=\"0\"><code>").and(Html::text(&sample)).and(Html::trusted("</code></pre>"));
    Some(Disclosure::new(title, body))
}

fn code(text: &str) -> Html {
    Html::trusted("<code>").and(Html::text(text)).and(Html::trusted("</code>"))
}
