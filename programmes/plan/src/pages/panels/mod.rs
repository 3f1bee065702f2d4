//! Citizens' panels: what was announced, the pool, the draws, and how anybody draws again.

mod forms;

use axum::{Router, response::Response};
use maru_web::{
    FieldError, Form as Sent, Html, Language, Page, Path, Problem, Visitor,
    components::{Card, DefinitionList, ErrorSummary, Table, Tag, Tone},
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    Here, Pages, drawing,
    drawing::{Room, TABLE},
    file, words,
};
use crate::{
    ServiceError,
    domain::{
        Panel, Refusal,
        panel::{Candidate, Notice, PanelRefusal, read_pool, read_quotas, write_quotas},
    },
    store::Named,
};

/// The addresses.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route("/plan/panels", get(list).merge(post(announce)))
        .route("/plan/panels/new", get(new))
        .route("/plan/panels/{id}", get(one))
        .route("/plan/panels/{id}/pool", post(fix))
        .route("/plan/panels/{id}/draws", post(draw))
        .route("/plan/panels/{id}/withdrawals", post(withdraw))
        .route("/plan/panels/{id}/pool.tsv", get(pool_file))
        .route("/plan/panels/{id}/quotas.tsv", get(quotas_file))
}

const RUN: &str = "consult";

const ROOM: Room =
    Room { name: ("시민 숙의단", "Citizens' panels"), address: "/plan/panels", announces: ("추첨", "draw") };

fn state_tag(visitor: &Visitor, panel: &Panel) -> Tag {
    let language = visitor.language;
    if !panel.draws.is_empty() {
        Tag::new(Tone::Good, language.say("추첨함", "Drawn"))
    } else if panel.pool.is_empty() {
        Tag::new(Tone::Neutral, language.say("알림", "Announced"))
    } else {
        Tag::new(Tone::Active, language.say("명단 확정", "Pool fixed"))
    }
}

async fn list(here: Here) -> Result<Page, Problem> {
    let (visitor, language) = (&here.visitor, here.visitor.language);
    let known = here.pages.service.store().panels().await.map_err(ServiceError::from)?;
    let cards = known.iter().rev().filter_map(|named| {
        let notice = named.state.notice.as_ref()?;
        let day = language.date(notice.seed_on);
        let text = language.pick(format!("{}명 · {day} 추첨", notice.size), format!("{} people · {day}", notice.size));
        let card = words::card(&notice.title)
            .link(format!("/plan/panels/{}", named.id))
            .mark(Html::empty().and(state_tag(visitor, &named.state)))
            .body(Html::text(&text));
        Some(card)
    });
    let lead = language.say(
        "나이, 성별, 지역을 고루 섞어 추첨으로 뽑습니다. 추첨은 누구나 다시 해 볼 수 있습니다.",
        "Drawn by lot so that ages, sexes and regions are mixed as in the country. Anybody can do the draw again.",
    );
    Ok(ROOM.list(visitor, lead, here.may(RUN), cards.collect()))
}

/// What announces a draw, and whatever else a form of a panel sends.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Written {
    title: String,
    text: String,
    size: String,
    quotas: String,
    source: String,
    seed_on: String,
    recommendation: String,
    pool: String,
    seed: String,
    code: String,
}

impl Written {
    fn notice(&self) -> Result<Notice, ServiceError> {
        let quotas = read_quotas(&self.quotas).map_err(|error| {
            let refusal = PanelRefusal::from(error);
            let PanelRefusal::Table { korean, english } = refusal else { return Refusal::from(refusal).into() };
            ServiceError::field("quotas", korean, english)
        })?;
        let recommendation = words::number_written(&self.recommendation, "84-2")?;
        Ok(Notice {
            title: self.title.trim().to_owned(),
            text: self.text.trim().to_owned(),
            size: self.size.trim().parse().map_err(|_| drawing::no_size())?,
            quotas,
            source: self.source.trim().to_owned(),
            seed_on: drawing::day_written("seed_on", &self.seed_on)?,
            recommendation,
        })
    }
}

async fn new(here: Here) -> Result<Page, Problem> {
    here.permit(RUN)?;
    Ok(forms::announce(&here.visitor, &Written::default(), &[]))
}

async fn announce(here: Here, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    here.permit(RUN)?;
    let result = match written.notice() {
        Ok(notice) => here.pages.service.announce_panel(&here.caller, notice).await,
        Err(error) => Err(error),
    };
    ROOM.sent(result, "seed_on", |errors| forms::announce(&here.visitor, &written, errors))
}

async fn shown(here: &Here, id: &str, errors: &[FieldError]) -> Result<Page, Problem> {
    let known = here.pages.service.panel(id).await?;
    page(&here.visitor, &known, here.may(RUN), errors).ok_or_else(Problem::not_found)
}

async fn one(here: Here, Path(id): Path<String>) -> Result<Page, Problem> {
    shown(&here, &id, &[]).await
}

async fn answer(here: &Here, id: &str, field: &str, result: Result<Panel, ServiceError>) -> Result<Response, Problem> {
    let on = format!("/plan/panels/{id}");
    super::answer(result, (field, &on), async |errors| shown(here, id, &errors).await).await
}

async fn fix(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = here.pages.service.fix_pool(&here.caller, &id, written.pool).await;
    answer(&here, &id, "pool", result).await
}

async fn draw(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = here.pages.service.draw_panel(&here.caller, &id, written.seed).await;
    answer(&here, &id, "seed", result).await
}

async fn withdraw(here: Here, Path(id): Path<String>, Sent(written): Sent<Written>) -> Result<Response, Problem> {
    let result = here.pages.service.withdraw_member(&here.caller, &id, written.code).await;
    answer(&here, &id, "code", result).await
}

async fn pool_file(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    Ok(file(TABLE, here.pages.service.panel(&id).await?.state.pool))
}

async fn quotas_file(here: Here, Path(id): Path<String>) -> Result<Response, Problem> {
    let notice = here.pages.service.panel(&id).await?.state.notice.ok_or_else(Problem::not_found)?;
    Ok(file(TABLE, write_quotas(&notice.quotas)))
}

fn page(visitor: &Visitor, named: &Named<Panel>, runs: bool, errors: &[FieldError]) -> Option<Page> {
    let language = visitor.language;
    let panel = &named.state;
    let notice = panel.notice.as_ref()?;
    let mut page =
        ROOM.frame(visitor, &notice.title).titled_in(Language::Korean).lead_in(Language::Korean, notice.text.clone());
    if !errors.is_empty() {
        page = page.with_errors();
    }
    let facts = DefinitionList::new().text(
        language.say("몇 명", "How many"),
        &language.pick(format!("{}명", notice.size), format!("{} people", notice.size)),
    );
    let mut facts = drawing::announced(facts, language, (&notice.source, notice.seed_on), notice.recommendation);
    if !panel.pool.is_empty() {
        facts = facts.markup(
            language.say("명단의 지문 (SHA-256)", "Digest of the pool (SHA-256)"),
            drawing::fingerprint(&panel.pool),
        );
    }
    let mut body = Html::empty()
        .and(ErrorSummary::new(language, errors))
        .and(Html::trusted("<p>"))
        .and(state_tag(visitor, panel))
        .and(Html::trusted("</p>"))
        .and(facts)
        .and(quotas_table(language, panel, notice));
    for made in &panel.draws {
        let title = language.pick(format!("{}차 추첨", made.round), format!("Draw {}", made.round));
        let members = made.codes.iter().map(|code| {
            let gone = panel.withdrawn.contains(code);
            let note = if gone { language.say(" (그만둠)", " (withdrew)") } else { "" };
            format!("<li><code>{}</code>{note}</li>", Html::text(code))
        });
        let list = DefinitionList::new()
            .text(language.say("추첨수", "Seed"), &made.seed)
            .text(language.say("할당을 지킨 시도", "Attempt that kept the quotas"), &made.attempt.to_string())
            .markup(
                language.say("뽑힌 사람의 코드", "Codes of those drawn"),
                Html::trusted(format!("<ul class=\"code-list\">{}</ul>", members.collect::<String>())),
            );
        body = body.and(Card::new(title).body(Html::empty().and(list)));
    }
    body = body.and(again(language, &named.id, panel, notice));
    if runs {
        body = body.and(forms::desk(visitor, &named.id, panel, notice, errors));
    }
    Some(page.body(body))
}

/// The quotas beside how many there are and were drawn.
fn quotas_table(language: Language, panel: &Panel, notice: &Notice) -> Html {
    let pool = read_pool(&panel.pool).unwrap_or_default();
    let members = panel.members();
    let drawn: Vec<&Candidate> = pool.iter().filter(|one| members.contains(&one.code)).collect();
    let mut table = Table::new(language.say("할당", "Quotas"))
        .column(language.say("특성", "Trait"))
        .column(language.say("값", "Value"))
        .figures(language.say("적어도", "At least"))
        .figures(language.say("많아도", "At most"))
        .figures(language.say("명단", "In the pool"))
        .figures(language.say("뽑힘", "Drawn"));
    for quota in &notice.quotas {
        let has = |one: &Candidate| one.traits.get(&quota.name) == Some(&quota.value);
        let number = |number: usize| Html::text(&number.to_string());
        table = table.row([
            words::korean(language, &quota.name),
            words::korean(language, &quota.value),
            number(quota.least),
            number(quota.most),
            number(pool.iter().filter(|one| has(one)).count()),
            number(drawn.iter().filter(|one| has(one)).count()),
        ]);
    }
    if notice.quotas.is_empty() { Html::empty() } else { Html::empty().and(table) }
}

/// How anybody draws again.
fn again(language: Language, id: &str, panel: &Panel, notice: &Notice) -> Html {
    let text = language.say(
        "추첨수는 명단이 정해진 뒤에 공개되므로 아무도 결과를 정할 수 없습니다. 명단과 할당을 내려받아 아래 명령을 돌리면 같은 코드가 나옵니다. 할당이 모자란 사람부터 뽑는 방법(Sortition Foundation의 방법, Nature 596, 2021에서 LEGACY)을 씁니다. 모두의 확률이 똑같지는 않습니다.",
        "The seed becomes public after the pool is fixed, so that nobody can choose the outcome. Download pool and quotas and run the command below: it prints the same codes. The method draws first of those of whom too few are left (the Sortition Foundation's, LEGACY in Nature 596, 2021). It does not give everybody the same chance.",
    );
    let seed = panel.draws.first().map(|made| made.seed.as_str());
    let command = format!("maru plan draw --pool pool.tsv --quotas quotas.tsv --size {}", notice.size);
    let files: &[&str] = if panel.pool.is_empty() { &["quotas.tsv"] } else { &["pool.tsv", "quotas.tsv"] };
    drawing::again(language, text, &command, seed, (&format!("/plan/panels/{id}"), files))
}
