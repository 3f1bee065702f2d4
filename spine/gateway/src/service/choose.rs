//! Which model answers: the one that was named, if it may and can, or the cheapest that may and can.

use std::{sync::Arc, time::Instant};

use serde_json::Value;

use super::{Kind, may_use};
use crate::{
    error::Refusal,
    gateway::{Inner, Key, Served, Snapshot},
    policy::{DataClass, PolicySettings, Purposes},
    registry::{Capability, ModelState},
    upstream::Address,
};

/// The name with which a caller leaves the choice to the gateway.
pub(super) const AUTO: &str = "auto";

/// What a call wants of a model.
pub(super) fn needs(kind: Kind, body: &Value) -> Vec<Capability> {
    match kind {
        Kind::Embeddings => vec![Capability::Embeddings],
        Kind::Rerank => vec![Capability::Rerank],
        // A server that works for one agency alone knows what its models do.
        Kind::Native(_) => Vec::new(),
        Kind::Chat | Kind::Completions | Kind::Responses => {
            let mut needs = vec![Capability::Chat];
            if body["tools"].as_array().is_some_and(|tools| !tools.is_empty()) {
                needs.push(Capability::Tools);
            }
            if body.pointer("/response_format/type").is_some_and(|kind| kind == "json_schema") {
                needs.push(Capability::Schema);
            }
            if has_images(body) {
                needs.push(Capability::Images);
            }
            needs
        }
    }
}

fn has_images(body: &Value) -> bool {
    let messages = body["messages"].as_array().into_iter().flatten();
    let mut parts = messages.flat_map(|message| message["content"].as_array().into_iter().flatten());
    parts.any(|part| part["type"] == "image_url")
}

/// A call whose class is known and that passed every rule but those about its model.
pub(super) struct Wanting<'a> {
    pub(super) inner: &'a Inner,
    pub(super) snapshot: &'a Snapshot,
    pub(super) key: &'a Key,
    pub(super) policy: &'a PolicySettings,
    pub(super) class: DataClass,
    pub(super) needs: Vec<Capability>,
}

impl Wanting<'_> {
    /// Whether a model may and can answer.
    pub(super) fn permit(&self, served: &Served) -> Result<(), Refusal> {
        super::call::allow_class(self.class, self.key, served)?;
        if let Some(policies) = &self.inner.use_policy {
            let purpose = (self.snapshot.purpose_of(&self.key.scope), self.policy.purposes == Purposes::Registered);
            let asked = (&self.key.scope, &served.entry);
            self.key.decided.permit(&**policies, asked, self.class, purpose, self.inner.clock.now())?;
        }
        // Tools are an offer: a model that calls none may still answer.
        let needs: Vec<Capability> = self.needs.iter().copied().filter(|need| *need != Capability::Tools).collect();
        match served.entry.lacks(&needs) {
            Some(lacking) => Err(unable(&served.entry.id, lacking)),
            None => Ok(()),
        }
    }

    /// The cheapest approved model that may and can answer a request of so many bytes; among equals the one whose servers are least busy. The
    /// embedded model copies sentences: it is chosen where there is no other.
    pub(super) fn cheapest(&self, bytes: usize) -> Result<Arc<Served>, Refusal> {
        let now = Instant::now();
        let fitting = self.snapshot.order.iter().filter_map(|id| self.snapshot.models.get(id)).filter_map(|served| {
            let entry = &served.entry;
            let usable = entry.state == ModelState::Approved
                && served.tenant.is_none()
                && may_use(served, self.key)
                && entry.is_known_to(&self.needs)
                && self.permit(served).is_ok();
            let busy = served.balance.busy(self.class, now).filter(|_| usable)?;
            let tokens_in = (bytes as u128).div_ceil(3);
            let price = tokens_in * u128::from(entry.won_per_million_in)
                + u128::from(entry.answer_tokens) * u128::from(entry.won_per_million_out);
            let copies = served.balance.places().iter().all(|place| place.upstream.address == Address::Embedded);
            Some(((copies, price, busy), served))
        });
        let cheapest = fitting.min_by_key(|(rank, _)| *rank).map(|(_, served)| Arc::clone(served));
        cheapest.ok_or_else(|| nothing_fits(self.class))
    }
}

fn unable(model: &str, lacking: Capability) -> Refusal {
    let (korean, english) = match lacking {
        Capability::Chat => ("글로 답하는", "answer in words"),
        Capability::Tools => ("도구를 부르는", "call tools"),
        Capability::Schema => ("JSON 형식을 지키는", "keep to a JSON schema"),
        Capability::Images => ("그림을 보는", "look at images"),
        Capability::Embeddings => ("글을 벡터로 바꾸는", "make vectors"),
        Capability::Rerank => ("문서의 순서를 정하는", "put documents in order"),
    };
    Refusal::bad(
        "unsupported_by_model",
        format!(
            "「{model}」 모델은 {korean} 모델로 등록되어 있지 않습니다. 다른 모델을 고르거나 model을 auto로 보내세요."
        ),
        format!(
            "The model {model:?} is not registered as one that can {english}. Choose another one, or send model: auto."
        ),
    )
    .at("model")
}

fn nothing_fits(class: DataClass) -> Refusal {
    let letter = class.letter();
    Refusal::not_found(
        "no_model_fits",
        format!("auto: 이 키와 용도로 {letter} 등급 내용을 받아 이 일을 할 수 있는 모델이 없습니다. GET /models에서 쓸 수 있는 모델을 보세요."),
        format!("auto: no model that this key and its purpose may use takes class {letter} and can do this. GET /models lists those it may use."),
    )
    .at("model")
}
