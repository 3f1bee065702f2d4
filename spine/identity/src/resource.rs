//! What is acted upon, and the kinds of it with their actions.

/// What somebody wants to act upon, as far as policies ask about it.
///
/// ```
/// use maru_identity::Resource;
/// let inquiry = Resource::new("inquiry", "0198c5f0").owned_by("account-7").in_department("roads");
/// assert_eq!(inquiry.department.as_deref(), Some("roads"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resource {
    /// The kind: `inquiry`, `knowledge`, `system`, or one that a programme declared.
    pub kind: &'static str,
    /// Which one; empty where there is but one, or where it does not exist yet.
    pub id: String,
    /// The account of the citizen whose it is.
    pub owner: Option<String>,
    /// The department in charge now. What nobody was found for belongs to the department of reception: say so here.
    pub department: Option<String>,
    /// Departments that were in charge before or were asked to cooperate.
    pub involved: Vec<String>,
    /// Whether the asker presented what opens this one without an account (receipt number and code), and it fits.
    pub code_presented: bool,
    /// Whether the asker stated a reason; it must be recorded with what is then done.
    pub reason_stated: bool,
}

impl Resource {
    /// The resource `id` of `kind`, nobody's and of no department.
    pub fn new(kind: &'static str, id: impl Into<String>) -> Self {
        Self { kind, id: id.into(), ..Self::default() }
    }

    /// The account of the citizen whose it is.
    #[must_use]
    pub fn owned_by(mut self, account: impl Into<String>) -> Self {
        self.owner = Some(account.into());
        self
    }

    /// The department in charge.
    #[must_use]
    pub fn in_department(mut self, department: impl Into<String>) -> Self {
        self.department = Some(department.into());
        self
    }

    /// The departments that were in charge before or were asked to cooperate.
    #[must_use]
    pub fn involving(mut self, departments: impl IntoIterator<Item = String>) -> Self {
        self.involved = departments.into_iter().collect();
        self
    }

    /// Receipt number and code were presented and fit.
    #[must_use]
    pub fn with_code(mut self) -> Self {
        self.code_presented = true;
        self
    }

    /// A reason was stated.
    #[must_use]
    pub fn with_reason(mut self) -> Self {
        self.reason_stated = true;
        self
    }
}

/// Something that can be done with a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionKind {
    /// The name in policies and code.
    pub action: &'static str,
    /// In Korean, as a noun.
    pub korean: &'static str,
    /// In English, as an infinitive.
    pub english: &'static str,
}

/// A kind of resource and what can be done with it. Policies may name no other action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceKind {
    /// The name in code, in kebab case (`inquiry`); policies write it as a type (`Inquiry`).
    pub kind: &'static str,
    /// In Korean.
    pub korean: &'static str,
    /// In English.
    pub english: &'static str,
    /// Whether resources of this kind belong to a person and a department, so that it matters whose one is.
    pub belongs: bool,
    /// What can be done with it.
    pub actions: &'static [ActionKind],
}

impl ResourceKind {
    /// The type of entity that stands for the kind in policies: `data-request` is `DataRequest`.
    pub(crate) fn entity_type(&self) -> String {
        let words = self.kind.split('-').map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
        });
        words.collect()
    }
}

const fn action(action: &'static str, korean: &'static str, english: &'static str) -> ActionKind {
    ActionKind { action, korean, english }
}

/// The kinds whose policies stand in this crate.
pub const BUILT_IN_KINDS: &[ResourceKind] = &[
    ResourceKind {
        kind: "inquiry",
        korean: "민원",
        english: "Inquiry",
        belongs: true,
        actions: &[
            action("submit", "신청", "File"),
            action("read", "열람 (개인정보 가림)", "Read, personal data masked"),
            action("read-personal", "개인정보 원문 열람", "Read personal originals"),
            action("list-queue", "처리 대기 목록 열람", "List the queue"),
            action("correct-understanding", "이해한 내용 바로잡기", "Correct what was understood"),
            action("edit-draft", "답변 초안 수정", "Edit the draft answer"),
            action("approve", "답변 승인", "Approve the answer"),
            action("transfer", "이송", "Transfer"),
            action("extend", "처리기간 연장", "Extend the period"),
            action("extend-again", "처리기간 두 번째 연장", "Extend the period a second time"),
            action("request-completion", "보완 요구", "Ask for completion"),
            action("complete", "보완", "Complete"),
            action("withdraw", "취하", "Withdraw"),
            action("object", "이의신청", "Object"),
            action("decide-objection", "이의신청 결정", "Decide an objection"),
            action("rate", "만족도 평가", "Rate"),
            action("download-proof", "증명 내려받기", "Download the proof"),
            action("read-statistics", "통계 열람", "Read statistics"),
        ],
    },
    ResourceKind {
        kind: "knowledge",
        korean: "지식",
        english: "Knowledge",
        belongs: false,
        actions: &[action("search", "찾아보기", "Search"), action("import", "들여오기", "Import")],
    },
    ResourceKind {
        kind: "system",
        korean: "시스템",
        english: "System",
        belongs: false,
        actions: &[
            action("administer", "설정 관리", "Administer settings"),
            action("manage-holidays", "공휴일 관리", "Manage holidays"),
            action("manage-accounts", "계정 관리", "Manage accounts"),
            action("manage-jobs", "작업 관리", "Manage jobs"),
            action("audit", "감사", "Audit"),
            action("read-log", "기록 열람", "Read the records"),
        ],
    },
    ResourceKind {
        kind: "plan",
        korean: "행동계획의 권고",
        english: "Recommendation of the action plan",
        belongs: true,
        actions: &[
            action("read", "열람", "Read"),
            action("report-progress", "추진 실적 보고", "Report progress"),
            action("attach-evidence", "증빙 파일 붙이기", "Attach files as evidence"),
            action("read-evidence", "증빙 파일 열람", "Open files of evidence"),
            action("withdraw-evidence", "증빙 파일 철회", "Withdraw files of evidence"),
            action("answer-advice", "위원회 권고에 답하기", "Answer the committee's recommendation"),
            action(
                "follow-finding",
                "현장점검 지적사항 조치, 사진 열람",
                "Put findings of a visit right, see its photos",
            ),
        ],
    },
    ResourceKind {
        kind: "plan-committee",
        korean: "행동계획 위원회 사무",
        english: "Committee's work on the action plan",
        belongs: true,
        actions: &[
            action("confirm-progress", "완료 확인, 돌려보내기", "Confirm or send back what was reported done"),
            action("withdraw-evidence", "증빙 파일 철회", "Withdraw files of evidence"),
            action("amend-plan", "행동계획 변경", "Amend the plan"),
            action("advise", "기관에 권고, 기한 연장 결정", "Recommend to an agency, decide on extensions"),
            action("freeze-quarter", "분기 현황 확정", "Freeze a quarter's standing"),
            action("consult", "의견수렴 열기", "Open a consultation"),
            action("answer-comments", "의견에 답하기", "Answer comments"),
            action("run-meetings", "회의 소집, 진행, 회의록", "Convene and run meetings, write minutes"),
            action("run-visits", "현장점검 계획, 기록, 종결", "Plan and record visits, close findings"),
            action("edit-dependencies", "선후관계 정하기", "Decide what waits for what"),
        ],
    },
    ResourceKind {
        kind: "plan-seat",
        korean: "위원회의 자리",
        english: "Seat in the committee",
        belongs: true,
        actions: &[
            action("link-seat", "자리에 계정 연결", "Link an account to a seat"),
            action("cast-ballot", "안건에 표결, 회피", "Vote on an item, withdraw from it"),
        ],
    },
    ResourceKind {
        kind: "plan-comment",
        korean: "행동계획에 대한 의견",
        english: "Comment on the action plan",
        belongs: false,
        actions: &[
            action("comment", "의견 내기", "Comment"),
            action("comment-on-behalf", "종이·회의 의견 옮기기", "Put in what was written or said"),
            action("log-assistance", "창구에서 도운 일 적기", "Write down help given at a counter"),
        ],
    },
    ResourceKind {
        kind: "law-certificate",
        korean: "계산 증명",
        english: "Certificate of a calculation",
        belongs: false,
        actions: &[action("record", "지문을 기록에 남기기", "Put its fingerprint on the log")],
    },
    ResourceKind {
        kind: "ai-gateway",
        korean: "AI 공통기반",
        english: "AI gateway",
        belongs: false,
        actions: &[
            action("read-registry", "모델 등록부 열람", "Read the registry of models"),
            action("read-traffic", "사용 현황 열람", "Read the traffic"),
            action("read-calls", "호출 내용 열람 (개인정보 가림)", "Read what calls said, personal data masked"),
            action("propose-change", "변경 제안", "Propose a change"),
            action("propose-purpose", "새 용도 신청", "Ask for a purpose"),
            action("decide-change", "변경 승인·반려", "Approve or reject a change"),
            action("suspend-model", "모델 사용 중지", "Suspend a model"),
            action("try-models", "모델 견주어 보기", "Try models"),
            action("decide-action", "인공지능이 하려는 일 승인·반려", "Approve or refuse what a machine wants to do"),
            action("write-prompt", "지시문 쓰기", "Write prompts"),
        ],
    },
    ResourceKind {
        kind: "welfare",
        korean: "복지",
        english: "Welfare",
        belongs: false,
        actions: &[
            action("calculate", "받을 수 있는 급여 계산", "Calculate what is due"),
            action("read-figures", "통계와 기준 열람", "Read figures and criteria"),
            action("name-supervisor", "감독하는 사람 지정", "Name who supervises a benefit"),
            action("make-automatic", "자동 지급 조문 기록", "Record that a statute makes a benefit automatic"),
            action("read-reforms", "개정안 모의계산 열람", "Read studies of reforms"),
            action("study-reforms", "개정안 모의계산", "Study reforms"),
        ],
    },
    ResourceKind {
        kind: "welfare-proposal",
        korean: "급여 제안",
        english: "Proposal of a benefit",
        belongs: true,
        actions: &[
            action("list-proposals", "제안 목록 열람", "List proposals"),
            action("read-proposal", "제안 열람", "Read a proposal"),
            action("confirm-proposal", "제안 확인", "Confirm a proposal"),
            action("ask-facts", "사실 묻기", "Ask for facts"),
            action("give-facts", "물은 사실 알리기", "Tell facts that were asked for"),
            action("deny", "급여 거부", "Refuse a benefit"),
            action("consent", "동의", "Consent"),
            action("decline", "받지 않음", "Decline"),
            action("take-down-consent", "동의 대신 적기", "Take down consent"),
            action("contest", "이의신청", "Object"),
            action("decide-contest", "이의신청 결정", "Decide an objection"),
            action("ask-review", "사람의 재검토 요청", "Ask that a person looks at it"),
            action("answer-review", "재검토 답변", "Answer that request"),
            action("review-award", "급여 확인조사, 중지", "Look at an award again, end it"),
            action("screen-households", "모든 가구 점검", "Screen all households"),
        ],
    },
    ResourceKind {
        kind: "household-record",
        korean: "가구 정보",
        english: "Record of a household",
        belongs: true,
        actions: &[
            action("read-household", "가구 정보 열람", "Read the record"),
            action("record-life-event", "가구의 변동 기록", "Record what happened"),
            action("give-account", "받을 계좌 알리기", "Say where money goes"),
            action("dispute", "정정 요구", "Ask for a correction"),
            action("answer-dispute", "정정 요구에 답하기", "Answer that request"),
        ],
    },
    ResourceKind {
        kind: "welfare-representation",
        korean: "복지에서 남을 대신할 권한",
        english: "Right to act for somebody in welfare",
        belongs: true,
        actions: &[
            action("link-representation", "대신하는 사람의 계정 연결", "Link an account to whom it acts for"),
            action("act-for-person", "남을 대신하기", "Act for somebody"),
        ],
    },
    ResourceKind {
        kind: "payment-run",
        korean: "급여 지급",
        english: "Payment of benefits",
        belongs: true,
        actions: &[
            action("read-payments", "지급 열람", "Read payments"),
            action("prepare-payments", "지급 준비", "Prepare payments"),
            action("release-payments", "지급 승인", "Release payments"),
            action("book-payments", "은행의 답 반영", "Book what the bank answers"),
            action("recover", "과잉지급분 환수", "Recover what was overpaid"),
        ],
    },
];
