//! A case on the desk: question, draft with its sources, similar cases.

use maru_web::{
    FieldError, Html, Page, PageKind, Visitor,
    components::{
        Button, Choice, CitationMark, DefinitionList, Disclosure, ErrorSummary, Field, Form, MachineLabel, Notice,
        NoticeKind, UndoBar, highlighted,
    },
};

use super::{
    actions,
    form::{FromDesk, or},
    pairs,
    queue::{self, Desk},
};
use crate::{
    agency::Agency,
    domain::{Draft, Ground, Judged, ParagraphRole, State},
    pages::{citizen, limits, words},
    store::{AnswerView, OfficialAction, OfficialView, PersonalData, SimilarCase},
};

/// What the page shows.
pub(in crate::pages) struct OnDesk<'a> {
    /// The list beside it.
    pub desk: Desk<'a>,
    /// The case.
    pub view: &'a OfficialView,
    /// The petitioner's original words, if they were asked for by right and recorded.
    pub personal: Option<&'a PersonalData>,
    /// What is wrong with what was sent.
    pub errors: &'a [FieldError],
    /// The form that was sent; empty where none was, or where it was taken.
    pub step: &'a str,
    /// What stood in it.
    pub sent: &'a FromDesk,
}

impl OnDesk<'_> {
    /// The address of this case's form.
    pub(super) fn to(&self, what: &str) -> String {
        format!("/work/{}/{what}{}", self.view.receipt, self.desk.address.query())
    }

    pub(super) fn can(&self, action: OfficialAction) -> bool {
        self.view.can.contains(&action)
    }
}

pub(in crate::pages) fn page(visitor: &Visitor, case: &OnDesk<'_>) -> Page {
    let language = visitor.language;
    let view = case.view;
    let marks = Html::empty()
        .and(words::case_clock(language, view.state, &view.deadline, visitor.now))
        .and(words::state_tag(language, view.state))
        .and(words::urgency_tag(language, view.urgency));
    let heading = Html::trusted("<div class=\"case-title\"><h2>")
        .and(Html::text(&view.title))
        .and(Html::trusted("</h2><div class=\"work-item-marks\">"))
        .and(marks)
        .and(Html::trusted("</div></div>"));
    let columns = Html::trusted("<div class=\"case-columns\"><section class=\"case-question\">")
        .and(question(visitor, case))
        .and(earlier(visitor, case))
        .and(similar(visitor, case))
        .and(pairs::judged(visitor, case))
        .and(pairs::by_number(visitor, case))
        .and(Html::trusted("</section><section class=\"case-answer\">"))
        .and(answer(visitor, case))
        .and(sources(visitor, case))
        .and(Html::trusted("</section></div>"));
    let detail = undo(visitor, case)
        .and(heading)
        .and(ErrorSummary::new(language, case.errors))
        .and(columns)
        .and(actions::all(visitor, case))
        .and(downloads(visitor, case));
    let split = queue::list(visitor, &case.desk).detail(language.say("고른 문의", "Chosen inquiry"), detail);
    let page = Page::new(visitor, view.title.clone(), PageKind::Official).without_heading().personal().body(
        Html::trusted("<h1 class=\"visually-hidden\">")
            .and(Html::text(&view.title))
            .and(Html::trusted("</h1>"))
            .and(queue::tabs(visitor, &case.desk))
            .and(split)
            .and(queue::keys(visitor)),
    );
    if case.errors.is_empty() { page } else { page.with_errors() }
}

/// What was just approved can be taken back until it is served.
fn undo(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let Some(approval) = case.view.approval.as_ref().filter(|approval| !approval.served) else { return Html::empty() };
    if !case.can(OfficialAction::UndoApproval) {
        return Html::empty();
    }
    let time = visitor.language.time(approval.serve_at);
    let message = visitor.language.pick(
        format!("승인했습니다. {time}에 민원인에게 보냅니다. 그 전에는 되돌릴 수 있습니다."),
        format!("Approved. It is sent at {time}; until then you can take it back."),
    );
    Html::empty().and(UndoBar::new(visitor, &message, Form::post(visitor, case.to("undo"))))
}

fn question(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let language = visitor.language;
    let view = case.view;
    let text = match case.personal {
        Some(personal) => original(visitor, personal),
        None => {
            Html::trusted("<div class=\"own-words\">").and(Html::paragraphs(&view.text)).and(Html::trusted("</div>"))
        }
    };
    Html::trusted("<h3>")
        .and(Html::text(language.say("질문", "Question")))
        .and(Html::trusted("</h3>"))
        .and(text)
        .and(reveal(visitor, case))
        .and(facts(visitor, view, case.desk.agency))
        .and(assignment(visitor, case))
        .and(Disclosure::new(language.say("이렇게 이해한 이유", "Why it was understood so"), understood(visitor, case)))
        .and(Disclosure::new(
            language.say("지금까지 있었던 일", "What has happened"),
            citizen::case::timeline(visitor, &view.timeline, false, None),
        ))
        .and(notes(visitor, case))
}

/// The original, with what is masked elsewhere marked.
fn original(visitor: &Visitor, personal: &PersonalData) -> Html {
    let places: Vec<usize> = personal.text.char_indices().map(|(byte, _)| byte).chain([personal.text.len()]).collect();
    let ranges: Vec<_> =
        personal.found.iter().filter_map(|found| Some(*places.get(found.start)?..*places.get(found.end)?)).collect();
    let mut list = DefinitionList::new();
    if let Some(name) = &personal.name {
        list = list.text(visitor.say("이름", "Name"), name);
    }
    if let Some(contact) = &personal.contact {
        list = list.text(visitor.say("연락처", "Contact"), contact);
    }
    let notice = Notice::new(
        visitor.language,
        NoticeKind::Information,
        visitor.say(
            "원문을 보고 있습니다. 누가 왜 보았는지 기록되었고 민원인도 볼 수 있습니다.",
            "You see the original. Who saw it and why is recorded, and the petitioner can see that.",
        ),
    );
    Html::empty()
        .and(notice)
        .and(Html::trusted("<div class=\"own-words pre-line\">"))
        .and(highlighted(&personal.text, &ranges))
        .and(Html::trusted("</div>"))
        .and(list)
}

fn reveal(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if case.personal.is_some() || !case.can(OfficialAction::ReadPersonal) {
        return Html::empty();
    }
    let language = visitor.language;
    let form = Form::post(visitor, case.to("personal")).body(
        Html::empty()
            .and(
                Field::text(language, "purpose", language.say("보는 이유", "Why you need it"))
                    .hint(language.say(
                        "민원인에게도 보입니다. 예: 현장 주소 확인",
                        "The petitioner sees it too. For example: to find the place",
                    ))
                    .longest(200)
                    .value(&case.sent.purpose)
                    .errors(case.errors),
            )
            .and(Button::secondary(language.say("원문 보기", "See the original")).small()),
    );
    let title = language.say("가린 개인정보 원문 보기", "See the masked personal data");
    let disclosure = Disclosure::new(title, Html::empty().and(form));
    Html::empty().and(if case.step == "personal" { disclosure.open() } else { disclosure })
}

/// Who has the case; a button takes it, a folded form gives it to a colleague.
fn assignment(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let language = visitor.language;
    let me = visitor.principal.as_ref().map(|principal| principal.account.as_str());
    if !case.can(OfficialAction::Assign) {
        return Html::empty();
    }
    let mut html = Html::empty();
    if let Some(me) = me.filter(|me| case.view.official.as_deref() != Some(*me)) {
        let take = Button::secondary(language.say("내가 맡기", "Take this case")).small().shortcut("g");
        html =
            html.and(Form::post(visitor, case.to("assignment")).hidden("official", me).body(Html::empty().and(take)));
    }
    let others = case.view.colleagues.iter().filter(|one| case.view.official.as_deref() != Some(one.account.as_str()));
    let others: Vec<Choice> =
        others.filter(|one| Some(one.account.as_str()) != me).map(|one| Choice::new(&one.account, &one.name)).collect();
    if others.is_empty() {
        return html;
    }
    let form = Form::post(visitor, case.to("assignment")).body(
        Html::empty()
            .and(
                Field::select(language, "official", language.say("맡을 사람", "Who has it"), others)
                    .value(&case.sent.official)
                    .errors(case.errors),
            )
            .and(Button::secondary(language.say("맡기기", "Give it")).small()),
    );
    let title = language.say("동료에게 맡기기", "Give it to a colleague");
    let disclosure = Disclosure::new(title, Html::empty().and(form));
    html.and(if case.step == "assignment" { disclosure.open() } else { disclosure })
}

fn facts(visitor: &Visitor, view: &OfficialView, agency: &Agency) -> Html {
    let language = visitor.language;
    let mut list = DefinitionList::new()
        .text(language.say("접수번호", "Receipt"), view.receipt.as_str())
        .text(language.say("접수", "Received"), &language.date_time(view.received_at))
        .text(language.say("기한", "Due"), language.say(&view.deadline.ko, &view.deadline.en))
        .text(language.say("종류", "Kind"), words::kind(language, view.kind))
        .text(language.say("분야", "Category"), &words::category(language, agency, view.category.as_deref()))
        .text(language.say("부서", "Department"), &words::department(language, agency, &view.department))
        .text(language.say("언어", "Language"), words::text_language(language, view.language));
    list = match &view.official {
        Some(official) => {
            let name = view.official_name.as_ref().unwrap_or(official);
            list.text(language.say("담당", "Official"), name)
        }
        None if view.state.is_open() => {
            list.text(language.say("담당", "Official"), language.say("아직 없음", "Nobody yet"))
        }
        None => list,
    };
    if let Some(pass_on_by) = view.pass_on_by {
        let until = language.date_time(pass_on_by);
        list = list.text(
            language.say("다른 부서 일이면", "If it belongs elsewhere"),
            &language.pick(
                format!("{until}까지 이송 ({})", language.law("민원 처리에 관한 법률 시행령 제13조")),
                format!("transfer it by {until} ({})", language.law("민원 처리에 관한 법률 시행령 제13조")),
            ),
        );
    }
    if view.extensions > 0 {
        list = list.text(language.say("연장", "Extended"), &view.extensions.to_string());
    }
    if let Some(repeats) = &view.repeats {
        list = list.text(language.say("되풀이한 문의", "Repeats"), repeats.as_str());
    }
    Html::empty().and(list)
}

fn understood(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let language = visitor.language;
    let Some(understood) = &case.view.understood else {
        return Html::paragraphs(language.say("아직 분석하지 않았습니다.", "Not analysed yet."));
    };
    let agency = case.desk.agency;
    let mut list = DefinitionList::new()
        .markup(
            language.say("종류", "Kind"),
            judged(visitor, &understood.kind, |kind| words::kind(language, *kind).to_owned()),
        )
        .markup(
            language.say("부서", "Department"),
            judged(visitor, &understood.department, |id| words::department(language, agency, id)),
        )
        .markup(
            language.say("언어", "Language"),
            judged(visitor, &understood.language, |text| words::text_language(language, *text).to_owned()),
        )
        .markup(
            language.say("급한 정도", "Urgency"),
            judged(visitor, &understood.urgency, |urgency| {
                language.say(urgency.korean(), urgency.english()).to_owned()
            }),
        );
    if let Some(category) = &understood.category {
        list = list.markup(
            language.say("분야", "Category"),
            judged(visitor, category, |id| words::category(language, agency, Some(id))),
        );
    }
    Html::empty()
        .and(MachineLabel::new(
            language,
            language.say(
                "자동 제안입니다. 다르면 고쳐 주세요. 고친 것을 다음에 배웁니다.",
                "proposed this. Correct it where it is wrong; it learns from that.",
            ),
        ))
        .and(list)
}

fn judged<T>(visitor: &Visitor, judged: &Judged<T>, name: impl Fn(&T) -> String) -> Html {
    let language = visitor.language;
    let grounds: Vec<String> =
        judged.grounds.iter().map(|ground: &Ground| language.pick(ground.korean(), ground.english())).collect();
    let others: Vec<String> = judged
        .alternatives
        .iter()
        .take(2)
        .map(|(value, confidence)| format!("{} {}", name(value), language.percentage(*confidence)))
        .collect();
    let mut why = vec![words::confidence(language, judged.confidence, judged.certain)];
    why.extend(grounds);
    if !others.is_empty() {
        why.push(language.pick(format!("다음 후보: {}", others.join(", ")), format!("Next: {}", others.join(", "))));
    }
    Html::text(&name(&judged.value))
        .and(Html::trusted("<span class=\"why\">"))
        .and(Html::text(&why.join(" · ")))
        .and(Html::trusted("</span>"))
}

fn answer(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let language = visitor.language;
    let heading = Html::trusted("<h3>").and(Html::text(language.say("답변", "Answer"))).and(Html::trusted("</h3>"));
    if let Some(approval) = &case.view.approval {
        return heading.and(approved(visitor, approval));
    }
    let proposal = match &case.view.draft {
        Some(draft) => machine_draft(visitor, draft, case.view.edited.is_some()),
        None => absent(visitor, case.view.state),
    };
    heading.and(proposal).and(draft_again(visitor, case)).and(editor(visitor, case))
}

/// What was imported since may answer what could not be answered before.
fn draft_again(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::Edit) || case.view.state == State::Received {
        return Html::empty();
    }
    let label = visitor.say("지금 아는 것으로 초안 다시 쓰기", "Draft again by what is known now");
    let button = Button::tertiary(label).small();
    Html::empty().and(Form::post(visitor, case.to("draft-again")).body(Html::empty().and(button)))
}

fn approved(visitor: &Visitor, approval: &AnswerView) -> Html {
    let mut html = Html::empty();
    if approval.drafted_by_machine {
        html = html.and(MachineLabel::approved(visitor.language));
    }
    html.and(Html::trusted("<article class=\"letter\">"))
        .and(citizen::case::letter(visitor.language, &approval.text, approval.sources.len()))
        .and(Html::trusted("</article>"))
}

fn absent(visitor: &Visitor, state: State) -> Html {
    if !state.is_open() {
        return Html::empty();
    }
    let language = visitor.language;
    let text = if state == State::Received {
        language.say(
            "분석이 끝나면 초안이 여기에 나옵니다. 잠시 뒤 새로 고쳐 주세요.",
            "The draft appears here once the inquiry was analysed. Reload in a moment.",
        )
    } else {
        language.say(
            "답이 될 근거를 찾지 못해 초안을 쓰지 않았습니다. 근거를 직접 찾아 답변을 써 주세요.",
            "No passage that answers was found, so nothing was drafted. Please write the answer yourself.",
        )
    };
    Html::empty().and(Notice::new(language, NoticeKind::Information, text))
}

/// The machine's draft, sentence by sentence; what was struck is shown as struck, with the reason.
fn machine_draft(visitor: &Visitor, draft: &Draft, folded: bool) -> Html {
    let language = visitor.language;
    let mut html = Html::empty().and(MachineLabel::draft(language)).and(Html::trusted("<div class=\"letter\">"));
    for paragraph in &draft.paragraphs {
        let class = if paragraph.role == ParagraphRole::Answer { "draft-answer" } else { "draft-frame" };
        html = html.and(Html::trusted(format!("<p class=\"{class}\">")));
        for sentence in &paragraph.sentences {
            html = html.and(match &sentence.struck {
                Some(reason) => Html::trusted("<del>")
                    .and(Html::text(&sentence.text))
                    .and(Html::trusted("</del> <span class=\"why\">"))
                    .and(Html::text(reason))
                    .and(Html::trusted("</span> ")),
                None => Html::text(&sentence.text).and(marks(visitor, &sentence.citations)).and(Html::trusted(" ")),
            });
        }
        html = html.and(Html::trusted("</p>"));
    }
    let html = html.and(Html::trusted("</div>"));
    if folded {
        return Html::empty().and(Disclosure::new(language.say("인공지능 초안 보기", "See the AI draft"), html));
    }
    html
}

fn marks(visitor: &Visitor, citations: &[usize]) -> Html {
    citations.iter().map(|number| CitationMark::new(visitor.language, *number)).collect()
}

/// The official's own text. It begins as the draft; saving keeps it, approving sends it.
fn editor(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let language = visitor.language;
    if !case.can(OfficialAction::Edit) {
        return Html::empty();
    }
    let draft = case.view.draft.as_ref().map(|draft| draft.text.as_str());
    let text = or(&case.sent.answer, case.view.edited.as_deref().or(draft).unwrap_or(""));
    let mut buttons = Html::empty();
    if case.can(OfficialAction::Approve) {
        // A citation that cannot be found is an error of the answer; the official may stand by it after looking.
        if case.errors.iter().any(|error| error.field == "answer") {
            let stand = Choice::new("yes", language.say("인용을 확인했습니다", "I checked the citations"));
            let label = language.say("인용 확인", "Citations");
            buttons = buttons.and(Field::checkboxes(language, "confirm_citations", label, [stand]).hidden_label());
        }
        buttons = buttons.and(
            Button::primary(language.say("승인하고 보내기", "Approve and send"))
                .shortcut("a")
                .sends_to(case.to("approval")),
        );
    }
    buttons = buttons.and(Button::secondary(language.say("저장", "Save")).sends_to(case.to("draft")));
    let form = Form::post(visitor, case.to("draft")).guarded().hidden("seen", case.view.edits.to_string()).body(
        Html::empty()
            .and(
                Field::area(language, "answer", language.say("보낼 답변", "Answer to send"))
                    .rows(14)
                    .counted(limits::ANSWER)
                    .value(text)
                    .shortcut("e")
                    .errors(case.errors),
            )
            .and(Html::trusted("<div class=\"buttons\">"))
            .and(buttons)
            .and(Html::trusted("</div>")),
    );
    Html::empty().and(form)
}

fn notes(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let language = visitor.language;
    let list: Html = case
        .view
        .notes
        .iter()
        .map(|note| {
            Html::trusted("<li>")
                .and(Html::paragraphs(&note.text))
                .and(Html::trusted("<p class=\"why\">"))
                .and(Html::text(&format!(
                    "{} · {}",
                    note.name.as_ref().unwrap_or(&note.official),
                    language.date_time(note.at)
                )))
                .and(Html::trusted("</p></li>"))
        })
        .collect();
    let form = Form::post(visitor, case.to("note")).body(
        Html::empty()
            .and(
                Field::area(language, "note", language.say("동료에게 남길 메모", "Note for colleagues"))
                    .rows(2)
                    .counted(limits::REASON)
                    .value(&case.sent.note)
                    .errors(case.errors),
            )
            .and(Button::tertiary(language.say("남기기", "Add")).small()),
    );
    let form = if case.can(OfficialAction::Note) { Html::empty().and(form) } else { Html::empty() };
    let title = language.pick(format!("메모 {}", case.view.notes.len()), format!("Notes {}", case.view.notes.len()));
    let list = if case.view.notes.is_empty() {
        Html::empty()
    } else {
        Html::trusted("<ul class=\"notes\">").and(list).and(Html::trusted("</ul>"))
    };
    if list.is_empty() && form.is_empty() {
        return list;
    }
    let disclosure = Disclosure::new(title, list.and(form));
    Html::empty().and(if case.step == "note" { disclosure.open() } else { disclosure })
}

fn sources(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    match (&case.view.approval, &case.view.draft) {
        (Some(approval), _) => citizen::case::source_list(visitor, &approval.sources),
        (None, Some(draft)) => citizen::case::source_list(visitor, &draft.sources),
        (None, None) => Html::empty(),
    }
}

/// What the same petitioner asked before: a repeated petition is known by it.
fn earlier(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let language = visitor.language;
    if case.view.earlier.is_empty() {
        return Html::empty();
    }
    let list = case.view.earlier.iter().map(|other| {
        let day = language.date(maru_web::in_korea(other.received_at).date());
        let title = format!("{} ({day})", other.title);
        let mut body = Html::empty().and(words::state_tag(language, other.state));
        if other.department == case.view.department {
            let answer = other.answer.as_deref().map(Html::paragraphs).unwrap_or_default();
            body = body.and(answer).and(case_link(case, &other.receipt));
        } else {
            body = body.and(Html::paragraphs(&words::department(language, case.desk.agency, &other.department)));
        }
        Disclosure::new(title, body)
    });
    Html::trusted("<h3>")
        .and(Html::text(language.say("이 민원인이 전에 낸 문의", "Earlier inquiries of this petitioner")))
        .and(Html::trusted("</h3>"))
        .and(list.collect::<Html>())
}

pub(super) fn case_link(case: &OnDesk<'_>, receipt: &str) -> Html {
    Html::trusted("<p><a href=\"")
        .and(Html::text(&format!("/work/{receipt}{}", case.desk.address.query())))
        .and(Html::trusted("\">"))
        .and(Html::text(receipt))
        .and(Html::trusted("</a></p>"))
}

fn similar(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    let language = visitor.language;
    let heading = language.say("비슷한 문의", "Similar cases");
    let heading = Html::trusted("<h3>").and(Html::text(heading)).and(Html::trusted("</h3>"));
    if case.view.similar.is_empty() {
        return heading.and(Html::paragraphs(language.say("비슷한 문의가 없습니다.", "No similar cases.")));
    }
    heading.and(case.view.similar.iter().map(|other| similar_case(visitor, case, other)).collect::<Html>())
}

fn similar_case(visitor: &Visitor, case: &OnDesk<'_>, other: &SimilarCase) -> Disclosure {
    let language = visitor.language;
    let why = match other.similarity {
        Some(similarity) => language.percentage(similarity),
        None => language.say("같은 분야에서 최근 답변", "answered lately in this field").to_owned(),
    };
    let why = match (other.same_matter, other.similarity) {
        (true, None) => language.say("같은 사안", "the same matter").to_owned(),
        (true, Some(_)) => language.pick(format!("같은 사안, {why}"), format!("the same matter, {why}")),
        (false, _) if is_near(case, other) => {
            language.pick(format!("거의 같은 글 {why}"), format!("nearly the same, {why}"))
        }
        (false, _) => why,
    };
    let title = format!("{} ({why})", other.title);
    let answer = other.answer.as_deref().map(Html::paragraphs).unwrap_or_default();
    // A case of another department does not open here; what it says stands above all the same.
    let opens = opens(case, &other.department);
    let link = if opens {
        case_link(case, &other.receipt)
    } else {
        Html::paragraphs(&words::department(language, case.desk.agency, &other.department))
    };
    let body = Html::empty().and(words::state_tag(language, other.state)).and(answer).and(link);
    let may_be_judged = opens || other.same_matter || is_near(case, other);
    let choice =
        if may_be_judged { pairs::choice(visitor, case, &other.receipt, other.same_matter) } else { Html::empty() };
    Disclosure::new(title, body.and(choice))
}

/// Whether the program found that the other case says nearly the same.
fn is_near(case: &OnDesk<'_>, other: &SimilarCase) -> bool {
    case.view.understood.iter().flat_map(|known| &known.near_duplicates).any(|near| near.id == other.receipt)
}

/// Whether a case of this department opens on this desk.
pub(super) fn opens(case: &OnDesk<'_>, department: &str) -> bool {
    department == case.view.department || case.desk.sees_all
}

/// What happened, to take away: for whoever looks over the shoulder, as the petitioner has it.
fn downloads(visitor: &Visitor, case: &OnDesk<'_>) -> Html {
    if !case.can(OfficialAction::DownloadProof) {
        return Html::empty();
    }
    let label = visitor.say(
        "증명서 (JSON): 이 문의에 있었던 모든 일과 그것이 기록에 있다는 증명. 민원인의 글은 봉인된 채입니다.",
        "Proof (JSON): everything that happened, and the proof that it is in the log. The petitioner's words stay sealed in it.",
    );
    let how = visitor.say(
        "증명서는 이 시스템 없이도 누구나 확인할 수 있습니다: ",
        "Anyone can check the proof without this system: ",
    );
    let links = [(format!("/inquiries/{}/proof", case.view.receipt), label)];
    citizen::case::download_list(visitor, &links, how)
}
