//! What matters of an event of a stream: texts borrowed from it.

use std::borrow::Cow;

use serde::Deserialize;

use super::frame::Frame;

/// Tokens as the back end counted them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Usage {
    #[serde(default)]
    pub(crate) prompt_tokens: u64,
    #[serde(default)]
    pub(crate) completion_tokens: u64,
}

/// A text of an event: borrowed from it where nothing in it is escaped.
#[derive(Deserialize)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// A text where servers agree that it is one, and whatever else some put there.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum MaybeText<'a> {
    Text(#[serde(borrow)] Text<'a>),
    Other(serde::de::IgnoredAny),
}

impl<'a> Delta<'a> {
    /// What it brings of the model's reasoning.
    pub(super) fn reasoning(&self) -> Option<&Text<'a>> {
        self.reasoning_content.as_ref().or(match &self.reasoning {
            Some(MaybeText::Text(text)) => Some(text),
            _ => None,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct Chunk<'a> {
    #[serde(default, borrow)]
    pub(super) choices: Vec<Choice<'a>>,
    #[serde(default)]
    pub(super) usage: Option<Usage>,
}

#[derive(Deserialize)]
pub(super) struct Choice<'a> {
    #[serde(default)]
    pub(super) index: u32,
    #[serde(default, borrow)]
    pub(super) delta: Option<Delta<'a>>,
    /// Of the old completions.
    #[serde(default, borrow)]
    pub(super) text: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub(super) finish_reason: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Delta<'a> {
    #[serde(default, borrow)]
    pub(super) content: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub(super) reasoning_content: Option<Text<'a>>,
    /// The same under the name that some servers give it.
    #[serde(default, borrow)]
    pub(super) reasoning: Option<MaybeText<'a>>,
    #[serde(default, borrow)]
    pub(super) tool_calls: Option<Vec<ToolCall<'a>>>,
}

#[derive(Deserialize)]
pub(super) struct ToolCall<'a> {
    #[serde(default)]
    pub(super) index: u32,
    #[serde(default, borrow)]
    pub(super) function: Option<Function<'a>>,
}

#[derive(Deserialize)]
pub(super) struct Function<'a> {
    #[serde(default, borrow)]
    pub(super) arguments: Option<Text<'a>>,
}

pub(super) fn text_of<'a>(text: Option<&'a Text<'_>>) -> Option<&'a str> {
    text.map(|text| &*text.0)
}

/// What stands around the text of an event that brings one text of one choice and nothing else that matters here.
pub(super) fn frame_of(raw: &[u8], chunk: &Chunk<'_>) -> Option<Frame> {
    let [choice] = chunk.choices.as_slice() else { return None };
    let delta = choice.delta.as_ref();
    let is_alone = choice.finish_reason.is_none()
        && delta.is_none_or(|delta| delta.reasoning().is_none() && delta.tool_calls.is_none());
    let content = delta.and_then(|delta| delta.content.as_ref());
    let text = match (content, choice.text.as_ref()) {
        (Some(Text(Cow::Borrowed(text))), None) | (None, Some(Text(Cow::Borrowed(text)))) if is_alone => text,
        _ => return None,
    };
    Frame::around(raw, text, choice.index)
}
