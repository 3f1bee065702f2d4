from openfisca_core.entities import build_entity

동네 = build_entity(
    key="동네",
    plural="동네들",
    label="A neighbourhood",
    roles=[{"key": "주민", "plural": "주민들"}],
)

Household = build_entity(
    key="household",
    plural="households",
    label="A household",
    roles=[
        {"key": "parent", "plural": "parents", "max": 2, "subroles": ["first_parent", "second_parent"]},
        {"key": "child", "plural": "children"},
        {"key": "guest", "plural": "guests"},
    ],
    containing_entities=["동네"],
)

Person = build_entity(key="person", plural="persons", label="A person", is_person=True)

entities = [Person, Household, 동네]
