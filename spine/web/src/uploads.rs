//! Files that come with a form (`multipart/form-data`, RFC 7578).
//!
//! Only addresses that a programme names take them; everywhere else a body is as small as before. The parts are read once, where the
//! form's token is looked for, and handed to the handler as [`SentParts`]. What is too much is read to its end and dropped, so that the
//! handler can say so beside the field, with everything that was written kept.

use std::sync::{Mutex, PoisonError};

use axum::{
    body::{Body, HttpBody as _},
    extract::{FromRequest, Request},
    http::header,
};
use multer::{Constraints, Multipart, SizeLimit};
use serde::de::DeserializeOwned;

use crate::{
    form::{FORM_MEDIA_TYPE, Form, media_type},
    problem::Problem,
};

/// The media type of forms with files.
pub(crate) const MULTIPART_MEDIA_TYPE: &str = "multipart/form-data";
/// How much of all files of a request is kept in memory, in bytes. What comes beyond is counted and dropped.
pub const MOST_KEPT: usize = 20 << 20;
/// How much a request with files may send at all, in bytes.
const MOST_READ: u64 = 128 << 20;
/// How much its other fields may have together, in bytes.
const MOST_WRITTEN: usize = 1 << 20;
/// What programs of spreadsheets and editors put before a text to say that it is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Most parts of a request.
const MOST_PARTS: usize = 1_000;

/// Addresses that take files: those that begin and end so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakesFiles {
    /// How the path begins.
    pub begins: &'static str,
    /// How it ends.
    pub ends: &'static str,
}

impl TakesFiles {
    /// Whether it is one of these addresses.
    pub(crate) fn holds(&self, path: &str) -> bool {
        path.strip_prefix(self.begins).is_some_and(|rest| rest.ends_with(self.ends))
    }
}

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// The field of the form.
    pub field: String,
    /// What the file is called, as it was sent.
    pub name: String,
    /// How many bytes were sent.
    pub size: u64,
    /// Its content; nothing where all files together were too much, where only the name came, or where nobody signed in.
    pub content: Option<Vec<u8>>,
}

impl SentFile {
    /// The text in it, without the mark that some programs put before it; nothing where it is no UTF-8 or was not kept.
    pub fn text(&self) -> Option<&str> {
        let text = str::from_utf8(self.content.as_deref()?).ok()?;
        Some(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))
    }
}

/// What a form with files sent: its fields in order, and the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SentParts {
    /// The fields that are no files.
    pub fields: Vec<(String, String)>,
    /// The files, without fields in which none was chosen.
    pub files: Vec<SentFile>,
}

impl SentParts {
    /// Whether the request comes in parts, with files or without.
    pub fn are_in(request: &Request) -> bool {
        media_type(request.headers()) == MULTIPART_MEDIA_TYPE
    }

    /// What stands in the first field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first file that was chosen in this field.
    pub fn file(&self, field: &str) -> Option<&SentFile> {
        self.files.iter().find(|file| file.field == field)
    }

    /// The fields as a form ([`Form`]).
    ///
    /// # Errors
    /// Where they are not the fields of this form.
    pub fn form<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let text = serde_html_form::to_string(&self.fields).map_err(|_| Problem::bad_request())?;
        serde_html_form::from_str(&text).map_err(|error| {
            Problem::bad_request()
                .detail(format!("양식을 읽을 수 없어요: {error}"), format!("The form cannot be read: {error}"))
        })
    }

    /// Fields and names of files, as a form shows them again that could not be taken: browsers do not send a file twice.
    pub(crate) fn written(&self, without: &str) -> Vec<(String, String)> {
        let fields = self.fields.iter().filter(|(name, _)| name != without).cloned();
        fields.chain(self.files.iter().map(|file| (file.field.clone(), file.name.clone()))).collect()
    }
}

/// Whether the head of the request says that it is too much to be read at all.
pub(crate) fn is_too_much(declared: Option<u64>) -> bool {
    declared.is_some_and(|length| length > MOST_READ)
}

/// Reads all parts; contents of files are kept only where `keep` says so.
pub(crate) async fn read_parts(request: Request, keep: bool) -> Result<SentParts, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let boundary = multer::parse_boundary(kind).map_err(|_| Problem::bad_request())?;
    let constraints = Constraints::new().size_limit(SizeLimit::new().whole_stream(MOST_READ));
    let body: Body = request.into_body();
    let mut parts = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
    let (mut sent, mut kept, mut written) = (SentParts::default(), 0_usize, 0_usize);
    while let Some(mut part) = parts.next_field().await.map_err(|error| unreadable(&error))? {
        if sent.fields.len() + sent.files.len() >= MOST_PARTS {
            return Err(Problem::too_large());
        }
        let field = part.name().unwrap_or_default().to_owned();
        let Some(name) = part.file_name().map(str::to_owned) else {
            let mut value = Vec::new();
            while let Some(bytes) = part.chunk().await.map_err(|error| unreadable(&error))? {
                written = written.saturating_add(bytes.len());
                if written > MOST_WRITTEN {
                    return Err(Problem::too_large());
                }
                value.extend_from_slice(&bytes);
            }
            let value = String::from_utf8(value).map_err(|_| Problem::bad_request())?;
            sent.fields.push((field, value));
            continue;
        };
        let (mut size, mut content) = (0_u64, keep.then(Vec::new));
        while let Some(bytes) = part.chunk().await.map_err(|error| unreadable(&error))? {
            size = size.saturating_add(bytes.len() as u64);
            if content.is_some() {
                kept = kept.saturating_add(bytes.len());
            }
            // One that is too much is dropped, and so are those after it: the room that it took is not given again.
            content = content.filter(|_| kept <= MOST_KEPT);
            if let Some(content) = &mut content {
                content.extend_from_slice(&bytes);
            }
        }
        // A field in which no file was chosen comes without a name.
        if !name.is_empty() || size > 0 {
            sent.files.push(SentFile { field, name, size, content });
        }
    }
    Ok(sent)
}

fn unreadable(error: &multer::Error) -> Problem {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => Problem::too_large(),
        _ => Problem::bad_request()
            .detail("보내신 내용이 끝까지 오지 않았어요.", "What was sent did not arrive completely."),
    }
}

/// Parts that were read where the token was looked for, for the handler to take.
#[derive(Debug)]
pub(crate) struct ReadParts(Mutex<SentParts>);

impl ReadParts {
    pub(crate) fn new(parts: SentParts) -> std::sync::Arc<Self> {
        std::sync::Arc::new(Self(Mutex::new(parts)))
    }

    fn take(&self) -> SentParts {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A form with files, or the same form without: an ordinary form is one in which files come by name only.
impl<S: Send + Sync> FromRequest<S> for SentParts {
    type Rejection = Problem;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Problem> {
        if let Some(read) = request.extensions_mut().remove::<std::sync::Arc<ReadParts>>() {
            return Ok(read.take());
        }
        match media_type(request.headers()).as_str() {
            MULTIPART_MEDIA_TYPE => {
                if is_too_much(request.body().size_hint().exact()) {
                    return Err(Problem::too_large());
                }
                read_parts(request, true).await
            }
            FORM_MEDIA_TYPE => {
                let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, state).await?;
                Ok(Self { fields, files: Vec::new() })
            }
            _ => Err(Problem::unsupported_media_type()
                .what_to_do("multipart/form-data 형식으로 보내 주세요.", "Send it as multipart/form-data.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_named_addresses_take_files() {
        let takes = TakesFiles { begins: "/plan/work/", ends: "/report" };
        assert!(takes.holds("/plan/work/58-1/report"));
        assert!(
            !takes.holds("/plan/work/58-1/confirm")
                && !takes.holds("/plan/report")
                && !takes.holds("/x/plan/work/1/report")
        );
    }

    fn request(body: &str) -> Request {
        let kind = "multipart/form-data; boundary=x";
        Request::builder().header(header::CONTENT_TYPE, kind).body(Body::from(body.to_owned())).unwrap()
    }

    fn part(head: &str, content: &str) -> String {
        format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n")
    }

    #[derive(serde::Deserialize)]
    struct Written {
        summary: String,
        done: Vec<u8>,
    }

    #[tokio::test]
    async fn fields_and_files_are_told_apart() {
        let body = part("name=\"summary\"", "한 일") + &part("name=\"done\"", "0") + &part("name=\"done\"", "1");
        let body = body + &part("name=\"file\"; filename=\"\"", "");
        let body = body + &part("name=\"file\"; filename=\"결과.txt\"", "글") + "--x--\r\n";
        let sent = read_parts(request(&body), true).await.unwrap();
        assert_eq!(sent.field("summary"), Some("한 일"));
        assert_eq!(sent.fields.len(), 3);
        let content = Some("글".as_bytes().to_vec());
        let file = SentFile { field: "file".to_owned(), name: "결과.txt".to_owned(), size: 3, content };
        assert_eq!(sent.files, std::slice::from_ref(&file), "where none was chosen there is none");
        assert_eq!(sent.file("file").unwrap().text(), Some("글"));
        let marked = SentFile { content: Some("\u{feff}글".as_bytes().to_vec()), ..file.clone() };
        assert_eq!((marked.text(), SentFile { content: None, ..file.clone() }.text()), (Some("글"), None));
        let stranger = read_parts(request(&body), false).await.unwrap();
        assert_eq!(stranger.files, [SentFile { content: None, ..file }]);
        assert_eq!(sent.written("summary").last().unwrap(), &("file".to_owned(), "결과.txt".to_owned()));
        let written: Written = sent.form().unwrap();
        assert_eq!((written.summary.as_str(), written.done), ("한 일", vec![0, 1]));
    }

    #[tokio::test]
    async fn what_is_too_much_is_counted_and_dropped() {
        let half = "x".repeat(MOST_KEPT / 2 + 1);
        let file = |content: &str| part("name=\"file\"; filename=\"a\"", content);
        let body = file(&half) + &file(&half) + &file("x") + "--x--\r\n";
        let sent = read_parts(request(&body), true).await.unwrap();
        let kept: Vec<(u64, bool)> = sent.files.iter().map(|file| (file.size, file.content.is_some())).collect();
        let size = half.len() as u64;
        assert_eq!(kept, [(size, true), (size, false), (1, false)]);
        let long = part("name=\"a\"", &"x".repeat(MOST_WRITTEN + 1)) + "--x--\r\n";
        assert_eq!(read_parts(request(&long), true).await.unwrap_err().kind, Problem::too_large().kind);
        let cut = part("name=\"a\"", "x");
        assert_eq!(read_parts(request(&cut), true).await.unwrap_err().kind, Problem::bad_request().kind);
    }
}
