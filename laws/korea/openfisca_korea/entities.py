"""The units of Korean law: the person (가구원), the household (보장가구) and the couple (부부)."""

from openfisca_core.entities import build_entity

Household = build_entity(
    key="household",
    plural="households",
    label="보장가구 (household)",
    doc="""
    급여를 정하는 단위인 개별가구입니다. (국민기초생활 보장법 제2조제8호, 같은 법 시행령 제2조)

    The unit for which most benefits are decided: people on one resident registration, and the spouse
    and unmarried children under 30 who live elsewhere. People whom art. 2(2) of the decree leaves out
    stay in the household here and carry `is_left_out_of_household`.
    """,
    roles=[
        {
            "key": "head",
            "label": "가구주 (head)",
            "max": 1,
            "doc": "신청인 또는 생계를 책임지는 사람입니다. Applicant or breadwinner.",
        },
        {
            "key": "spouse",
            "label": "배우자 (spouse)",
            "max": 1,
            "doc": "가구주의 배우자입니다. The head's spouse.",
        },
        {
            "key": "child",
            "plural": "children",
            "label": "자녀 (children)",
            "doc": "가구주나 배우자의 자녀, 손자녀입니다. Children and grandchildren of the head or the spouse.",
        },
        {
            "key": "parent",
            "plural": "parents",
            "label": "부모 (parents)",
            "doc": "가구주나 배우자의 직계존속입니다. Parents and grandparents of the head or the spouse.",
        },
        {
            "key": "other",
            "plural": "others",
            "label": "그 밖의 가구원 (other members)",
            "doc": "형제자매 등입니다. Siblings and others.",
        },
    ],
)

Couple = build_entity(
    key="couple",
    plural="couples",
    label="부부 (couple)",
    doc="""
    본인과 배우자입니다. 배우자가 없는 사람은 혼자 한 단위가 됩니다. (기초연금법 제2조제4호, 장애인연금법 제2조제5호)

    A person and their spouse; a person without a spouse is a unit alone. Pensions are decided for it.
    A household may hold several couples, for instance when grandparents live with their child.
    """,
    roles=[
        {
            "key": "partner",
            "plural": "partners",
            "label": "본인과 배우자 (partners)",
            "max": 2,
            "doc": "본인과 배우자입니다. The person and the spouse.",
        },
    ],
)

Person = build_entity(
    key="person",
    plural="persons",
    label="가구원 (person)",
    doc="""
    한 사람입니다. 소득과 재산은 모두 사람별로 적습니다.

    One person. Incomes and property are all entered by person.
    """,
    is_person=True,
)

entities = [Household, Couple, Person]
