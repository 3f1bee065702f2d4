//! Forms with files (`multipart/form-data`). They are read whole, within the limit that holds for every body.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::header,
};
use serde::de::DeserializeOwned;

use crate::{
    form::{FORM_MEDIA_TYPE, body_of, media_type, read_fields},
    problem::Problem,
};

/// The media type of forms with files.
pub(crate) const UPLOAD_MEDIA_TYPE: &str = "multipart/form-data";
/// Parts that a form may have.
const MOST_PARTS: usize = 200;
/// What programs of spreadsheets and editors put before a text to say that it is UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A file that was sent with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// The field in which it was chosen.
    pub field: String,
    /// Its name on the machine of whoever sent it: never a path here.
    pub name: String,
    /// What it holds.
    pub bytes: Bytes,
}

impl SentFile {
    /// The text in it, without the mark that some programs put before it; nothing where it is no UTF-8.
    pub fn text(&self) -> Option<&str> {
        let text = str::from_utf8(&self.bytes).ok()?;
        Some(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))
    }
}

/// The fields of a form and the files that were sent with it. It takes a form without files too: that is how one arrives that had to be kept
/// until its author had signed in.
#[derive(Debug, Clone, Default)]
pub struct Upload<T> {
    /// The fields, as [`crate::Form`] has them.
    pub fields: T,
    /// The files, in order; of fields in which none was chosen there is none.
    pub files: Vec<SentFile>,
}

impl<T> Upload<T> {
    /// The file that was chosen in a field.
    pub fn file(&self, field: &str) -> Option<&SentFile> {
        self.files.iter().find(|file| file.field == field)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Upload<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = content_type(&request);
        let is_plain = media_type(request.headers()) == FORM_MEDIA_TYPE;
        let body = body_of(request, state).await?;
        if is_plain {
            return Ok(Self { fields: read_fields(&body)?, files: Vec::new() });
        }
        let Parts { fields, files } = Parts::read(&kind, body).await?;
        let fields = serde_html_form::to_string(fields).map_err(|_| unreadable("fields"))?;
        Ok(Self { fields: read_fields(fields.as_bytes())?, files })
    }
}

/// What the request says of its body, with its parameters.
pub(crate) fn content_type(request: &Request) -> String {
    let header = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().to_owned()
}

/// A form with files, read.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) files: Vec<SentFile>,
}

impl Parts {
    /// Reads a body that says of itself that it is `kind`.
    ///
    /// # Errors
    /// Where it is another kind, or broken.
    pub(crate) async fn read(kind: &str, body: Bytes) -> Result<Self, Problem> {
        let boundary = multer::parse_boundary(kind).map_err(|_| {
            Problem::unsupported_media_type()
                .what_to_do("multipart/form-data 형식으로 보내 주세요.", "Send it as multipart/form-data.")
        })?;
        let mut parts = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
        let mut read = Self::default();
        while let Some(part) = parts.next_field().await.map_err(unreadable)? {
            if read.fields.len() + read.files.len() == MOST_PARTS {
                return Err(unreadable(format!("more than {MOST_PARTS} parts")));
            }
            let field = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(unreadable)?;
            match file {
                // What a browser sends where no file was chosen.
                Some(name) if name.is_empty() && bytes.is_empty() => {}
                Some(name) => read.files.push(SentFile { field, name, bytes }),
                None => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| unreadable("a field is not UTF-8"))?;
                    read.fields.push((field, text));
                }
            }
        }
        Ok(read)
    }
}

fn unreadable(why: impl std::fmt::Display) -> Problem {
    Problem::bad_request().detail(format!("양식을 읽을 수 없어요: {why}"), format!("The form cannot be read: {why}"))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    const KIND: &str = "multipart/form-data; boundary=x";

    async fn read(body: &str) -> Result<Parts, StatusCode> {
        Parts::read(KIND, Bytes::from(body.to_owned())).await.map_err(|problem| problem.status)
    }

    fn part(head: &str, body: &str) -> String {
        format!("--x\r\ncontent-disposition: form-data; {head}\r\n\r\n{body}\r\n")
    }

    #[tokio::test]
    async fn fields_and_files_are_told_apart() {
        let body =
            part("name=\"a\"", "하나") + &part("name=\"f\"; filename=\"../b.csv\"", "\u{feff}내용") + "--x--\r\n";
        let read = read(&body).await.unwrap();
        assert_eq!(read.fields, [("a".to_owned(), "하나".to_owned())]);
        assert_eq!((read.files[0].field.as_str(), read.files[0].text()), ("f", Some("내용")));
        let latin = SentFile { field: String::new(), name: String::new(), bytes: Bytes::from_static(b"\xb0\xa1") };
        assert_eq!(latin.text(), None);
    }

    #[tokio::test]
    async fn where_no_file_was_chosen_there_is_none() {
        let empty =
            part("name=\"f\"; filename=\"\"", "") + &part("name=\"g\"; filename=\"empty.txt\"", "") + "--x--\r\n";
        let read = read(&empty).await.unwrap();
        assert_eq!(read.files.iter().map(|file| file.field.as_str()).collect::<Vec<_>>(), ["g"]);
    }

    #[tokio::test]
    async fn what_is_broken_is_refused() {
        assert_eq!(read("--x\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\nbroken off").await.unwrap_err(), 400);
        assert_eq!(read("nothing of the kind").await.unwrap_err(), 400);
        let many = part("name=\"a\"", "1").repeat(MOST_PARTS + 1) + "--x--\r\n";
        assert_eq!(read(&many).await.unwrap_err(), 400);
        let other = Parts::read("text/plain", Bytes::new()).await.unwrap_err();
        assert_eq!(other.status, 415);
    }
}
