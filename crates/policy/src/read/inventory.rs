//! What and why: `[audience]`, `[data]`, `[purpose]`, `[consent]`, `[event]`, `[role]`.

use obhut_core::{
    id::{ClassName, FieldName},
    model::{
        Acts, Audience, Basis, Consent, DataClass, Event, Exception, FieldFormat, Method, Model, Needed, OnlyIf,
        Purpose, Relation, Role, Source, Special, Text, Withdraw, Word,
    },
};

use super::section::{Demand, Reader, Section, example, law, shortened};
use crate::{diagnostic::Diagnostic, name};

/// Names out of texts.
pub(super) fn names<T: for<'n> From<&'n str>>(texts: Vec<String>) -> Vec<T> {
    texts.iter().map(|text| T::from(text)).collect()
}

const LABEL: Demand = law("Art. 12(1) GDPR: people read words, not identifiers", "label.de = \"…\"\nlabel.en = \"…\"");

pub(super) fn audience(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Audience {
    let demand = law("Art. 13(1)(a), 28 GDPR: who is controller depends on it", "relation = \"customer\"");
    Audience {
        relation: reader.needed_choice(section, "relation", Relation::WORDS, demand).unwrap_or(Relation::Customer),
        label: reader.needed_text(section, "label", LABEL),
        intro: reader.needed_text(
            section,
            "intro",
            law("Art. 12(1) GDPR: a notice in plain language", "intro.de = \"…\"\nintro.en = \"…\""),
        ),
    }
}

pub(super) fn data(reader: &mut Reader<'_>, section: &mut Section<'_>) -> DataClass {
    #[derive(Clone, Copy)]
    enum From {
        Subject,
        Own,
        Third,
    }
    let source = reader.needed_choice(
        section,
        "source",
        &[("subject", From::Subject), ("own", From::Own), ("third", From::Third)],
        law("Art. 14(2)(f) GDPR: from which source the data originate", "source = \"subject\""),
    );
    if !matches!(source, Some(From::Third)) {
        reader.misplaced(section, "source_name", "source = \"third\"");
        reader.misplaced(section, "public_source", "source = \"third\"");
    }
    let source = match source {
        Some(From::Third) => Source::Third {
            name: reader.needed_text(
                section,
                "source_name",
                law(
                    "Art. 14(2)(f) GDPR: from which source the data originate",
                    "source_name.de = \"…\"\nsource_name.en = \"…\"",
                ),
            ),
            public: reader.boolean(section, "public_source").unwrap_or(false),
        },
        Some(From::Own) => Source::Own,
        Some(From::Subject) | None => Source::Subject,
    };
    let fields = reader.needed_list(section, "fields", example("fields = [\"name\", \"email\"]"));
    for field in &fields {
        if !name::is_name(field) {
            let place = reader.places.at(&format!("{}.fields[{field}]", section.path));
            reader.report(
                Diagnostic::error("name", &place, format!("`{}` cannot be the name of a field", shortened(field)))
                    .label("not a name")
                    .help("lower-case letters and digits joined by `-`, `_` or `.`, starting with a letter"),
            );
        }
    }
    DataClass {
        audience: reader.needed_string(section, "audience", example("audience = \"customer\"")).as_str().into(),
        fields: names(fields),
        source,
        needed: reader
            .needed_choice(
                section,
                "needed",
                Needed::WORDS,
                law("Art. 13(2)(e) GDPR: whether the data must be given, and why", "needed = \"contract\""),
            )
            .unwrap_or(Needed::No),
        consequence: reader.text(section, "consequence"),
        only_if: only_if(reader, section),
        identity: reader.string(section, "identity").map(FieldName::from),
        statutory: reader.boolean(section, "statutory").unwrap_or(false),
        special: reader.choice(section, "special", Special::WORDS),
        label: reader.needed_text(section, "label", LABEL),
    }
}

/// `only_if`; its class is found by [`link_only_if`] when all classes are known.
fn only_if(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Option<OnlyIf> {
    let text = reader.string(section, "only_if")?;
    let parts = text.split_once('=').map(|(field, value)| (field.trim(), value.trim()));
    match parts {
        Some((field, value)) if name::is_name(field) && !value.is_empty() && !value.starts_with('=') => {
            Some(OnlyIf { class: "".into(), field: field.into(), equals: value.to_owned() })
        }
        _ => {
            let place = reader.places.at(&format!("{}.only_if", section.path));
            reader.report(
                Diagnostic::error("sentence", &place, "`only_if` is a field, an equals sign and a value")
                    .label("not of this form")
                    .help("for example only_if = \"payment_method = debit\""),
            );
            None
        }
    }
}

/// Finds the class of the field that each `only_if` names: the same class, or one other of the same audience.
pub(super) fn link_only_if(reader: &mut Reader<'_>, model: &mut Model) {
    let mut found: Vec<(usize, ClassName)> = Vec::new();
    for (index, (name, class)) in model.data.iter().enumerate() {
        let Some(only_if) = &class.only_if else { continue };
        let of_audience = || model.data.iter().filter(|(_, other)| other.audience == class.audience);
        let having: Vec<_> = of_audience().filter(|(_, other)| other.fields.contains(&only_if.field)).collect();
        let (message, label, help) = match having.as_slice() {
            [(other, _)] => {
                found.push((index, (*other).clone()));
                continue;
            }
            having if having.iter().any(|(other, _)| *other == name) => {
                found.push((index, name.clone()));
                continue;
            }
            [(a, _), (b, _), ..] => (
                format!("two classes of the audience `{}` have the field `{}`", class.audience, only_if.field),
                "which one is meant?",
                Some(format!("rename the field in [data.{a}] or [data.{b}]")),
            ),
            [] => {
                let fields: Vec<_> =
                    of_audience().flat_map(|(_, other)| &other.fields).map(FieldName::as_str).collect();
                (
                    format!("no class of the audience `{}` has the field `{}`", class.audience, only_if.field),
                    "an unknown field",
                    name::did_you_mean(only_if.field.as_str(), fields.iter().copied()),
                )
            }
        };
        reader.report(
            Diagnostic::error("only-if-field", &reader.places.at(&format!("data.{name}.only_if")), message)
                .label(label)
                .maybe_help(help),
        );
    }
    for (index, name) in found {
        if let Some(only_if) = model.data.get_index_mut(index).and_then(|(_, class)| class.only_if.as_mut()) {
            only_if.class = name;
        }
    }
}

const ART_BASIS: &str = "Art. 6(1), 13(1)(c) GDPR: no processing without a legal basis, and the notice names it";

pub(super) fn purpose(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Purpose {
    let demand = law("Art. 13(1)(c), 30(1)(b)(c) GDPR: which data for which purpose", "data = [\"customer\"]");
    let requires = reader.string(section, "requires").map(Into::into);
    if requires.is_none() {
        reader.misplaced(section, "until", "requires = \"support.granted\"");
    }
    Purpose {
        data: names(reader.needed_list(section, "data", demand)),
        fields: reader.list(section, "fields").map(names),
        basis: basis(reader, section),
        exception: reader.choice(section, "exception", Exception::WORDS),
        roles: names(reader.needed_list(
            section,
            "roles",
            law("Art. 25(2), 32(4) GDPR: only those who need it have access", "roles = [\"staff\"]"),
        )),
        requires,
        until: reader.rule(section, "until"),
        export: reader.boolean(section, "export").unwrap_or(false),
        marketing: reader.boolean(section, "marketing").unwrap_or(false),
        profiling: reader.boolean(section, "profiling").unwrap_or(false),
        objection: reader.text(section, "objection"),
        balance: reader.string(section, "balance").map(str::to_owned),
        label: reader.needed_text(section, "label", LABEL),
    }
}

fn basis(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Basis {
    let written = reader.string(section, "basis");
    if !section.has("basis") {
        reader.missing(section, "basis", law(ART_BASIS, "basis = \"contract\""));
    }
    let statute = reader.string(section, "law");
    let interest = reader.text(section, "interest");
    if written != Some("law") {
        reader.misplaced(section, "law", "basis = \"law\"");
    }
    if written != Some("interest") {
        for key in ["interest", "objection", "balance"] {
            reader.misplaced(section, key, "basis = \"interest\"");
        }
    }

    let Some(written) = written else {
        return Basis::Contract;
    };
    match written {
        "contract" => Basis::Contract,
        "vital" => Basis::Vital,
        "public" => Basis::Public,
        "law" => {
            if !section.has("law") {
                reader.missing(
                    section,
                    "law",
                    law("Art. 6(1)(c), 6(3) GDPR: which law obliges", "law = \"§ 147 AO, § 257 HGB\""),
                );
            }
            Basis::Law(statute.unwrap_or_default().to_owned())
        }
        "interest" => {
            if !section.has("interest") {
                reader.missing(
                    section,
                    "interest",
                    law(
                        "Art. 6(1)(f), 13(1)(d) GDPR: the legitimate interest is stated",
                        "interest.de = \"…\"\ninterest.en = \"…\"",
                    ),
                );
            }
            Basis::Interest(interest.unwrap_or_default())
        }
        _ => {
            if let Some(consent) = written.strip_prefix("consent:") {
                Basis::Consent(consent.trim().into())
            } else {
                let place = reader.places.at(&format!("{}.basis", section.path));
                let known = ["contract", "law", "interest", "consent:NAME", "vital", "public"];
                reader.unknown_value(written, &place, "basis", &known);
                Basis::Contract
            }
        }
    }
}

pub(super) fn consent(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Consent {
    let audiences = reader.one_or_more(section, "audience", example("audience = \"customer\""));
    let method = reader
        .needed_choice(
            section,
            "method",
            Method::WORDS,
            law("Art. 4(11) GDPR: an unambiguous, affirmative act", "method = \"opt-in\""),
        )
        .unwrap_or(Method::OptIn);
    if method != Method::DoubleOptIn {
        reader.misplaced(section, "confirm_within", "method = \"double-opt-in\"");
    }
    Consent {
        audiences: names(audiences),
        method,
        asked_on: reader.needed_string(
            section,
            "where",
            law("Art. 7(1) GDPR: that consent was given is demonstrable", "where = \"purchase-form\""),
        ),
        text: reader.needed_text(
            section,
            "text",
            law("Art. 7(2) GDPR: the request in clear and plain language", "text.de = \"…\"\ntext.en = \"…\""),
        ),
        expires: reader.period(section, "expires", false),
        confirm_within: reader.period(section, "confirm_within", false),
        proof: reader.string(section, "proof").map(Into::into),
        withdraw: reader.choices(section, "withdraw", Withdraw::WORDS).unwrap_or_else(|| vec![Withdraw::Page]),
    }
}

pub(super) fn event(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Event {
    let phrase: Text = reader.both_languages(section);
    Event {
        phrase,
        last: reader.text(section, "last"),
        derived: reader.rule(section, "derived"),
        withdrawal: reader.string(section, "withdrawal").map(Into::into),
    }
}

pub(super) fn role(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Role {
    Role {
        acts: reader
            .needed_choice(section, "acts", Acts::WORDS, example("acts = \"operator\""))
            .unwrap_or(Acts::System),
        label: reader.needed_text(section, "label", LABEL),
    }
}

pub(super) fn word(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Word {
    Word {
        text: reader.both_languages(section),
        without: reader.text(section, "without"),
        format: reader.choice(section, "format", FieldFormat::WORDS).unwrap_or(FieldFormat::Text),
    }
}
