//! To whom, and the rights: `[recipient]`, `[disclosure]`, `[message]`, `[access]`, `[export]`, `[identity]`, `[rights]`,
//! `[automated_decisions]`.

use obhut_core::{
    id::ClassName,
    model::{
        AutomatedDecisions, Channel, Disclosure, DisclosureGround, Export, ExportFormat, Factor, Identity, Model,
        Noted, OperatorAccess, Others, Recipient, RecipientKind, RequestChannel, Right, Rights, Safeguard, Sender,
        Text,
    },
    period::{Period, Unit},
};

use super::{
    inventory::names,
    model::MissingTable,
    section::{Address, Reader, Section, example, law},
};

/// Stands in a list of classes for all of them.
const EVERYTHING: &str = "*";

/// Stands among the audiences of `[disclosure]`.
const SALE: &str = "sale";

const ART_RECIPIENT: &str = "Art. 13(1)(e) GDPR: the recipients or categories of recipients";

pub(super) fn recipient(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Recipient {
    let until = reader.date(section, "safeguard_until");
    let safeguard = reader.text(section, "safeguard");
    if !section.has("safeguard") {
        reader.misplaced(section, "safeguard_until", "a safeguard.de = \"…\" and safeguard.en = \"…\"");
    }
    let kind = reader
        .needed_choice(section, "kind", RecipientKind::WORDS, law(ART_RECIPIENT, "kind = \"processor\""))
        .unwrap_or(RecipientKind::Authority);
    let arrangement = if kind == RecipientKind::Joint {
        let demand = law(
            "Art. 26(2) GDPR: the essence of the arrangement is made available",
            "arrangement.de = \"…\"\narrangement.en = \"…\"",
        );
        Some(reader.needed_text(section, "arrangement", demand))
    } else {
        reader.misplaced(section, "arrangement", "kind = \"joint\"");
        None
    };
    if matches!(kind, RecipientKind::Processor | RecipientKind::Tenant) && section.has("kind") {
        reader.misplaced(section, "ground", "kind = \"third\", \"authority\" or \"joint\"");
    }
    if kind != RecipientKind::Processor {
        for key in ["agreement", "agreement_until", "subprocessors"] {
            reader.misplaced(section, key, "kind = \"processor\"");
        }
    }
    Recipient {
        kind,
        address: reader.string(section, "address").map(str::to_owned),
        contact: reader.address(section, "contact", Address::Mail),
        fields: reader.list(section, "fields").map(names),
        purposes: reader.list(section, "purposes").map(names).unwrap_or_default(),
        agreement_until: reader.date(section, "agreement_until"),
        subprocessors: reader.list(section, "subprocessors").unwrap_or_default(),
        arrangement,
        ground: ground(reader, section),
        name: reader.string(section, "name").map(str::to_owned),
        country: reader.country(section, "country"),
        safeguard: safeguard.map(|name| Safeguard { name, until }),
        data: names(reader.needed_list(
            section,
            "data",
            law(ART_RECIPIENT, "data = [\"customer\"]\nor for all classes\ndata = [\"*\"]"),
        )),
        agreement: reader.date(section, "agreement"),
        only_if: reader.text(section, "only_if"),
        approvals: reader.number(section, "approve", 5).unwrap_or(1),
        label: reader.needed_text(section, "label", law(ART_RECIPIENT, "label.de = \"…\"\nlabel.en = \"…\"")),
    }
}

fn ground(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Option<DisclosureGround> {
    const WORDS: [(&str, DisclosureGround); 6] = [
        ("contract", DisclosureGround::Contract),
        ("law", DisclosureGround::Law),
        ("interest", DisclosureGround::Interest),
        ("claims", DisclosureGround::Claims),
        ("succession", DisclosureGround::Succession),
        ("instruction", DisclosureGround::Instruction),
    ];
    reader.behind(section, "ground", ("consent", |name| DisclosureGround::Consent(name.into())), &WORDS)
}

/// Puts all classes where a recipient gets everything.
pub(super) fn expand_everything(model: &mut Model) {
    for recipient in model.recipients.values_mut() {
        if recipient.data.iter().any(|class| class.as_str() == EVERYTHING) {
            recipient.data = model.data.keys().cloned().collect::<Vec<ClassName>>();
        }
    }
}

/// `[disclosure]`: its keys are audiences.
pub(super) fn disclosure(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Disclosure {
    let mut disclosure = Disclosure::default();
    for (audience, text) in reader.each_string(section) {
        if audience == SALE && text == "never" {
            disclosure.never_sold = true;
            continue;
        }
        let others_of = match text.strip_prefix("with-consent:") {
            Some(consent) => Others::WithConsent(consent.trim().into()),
            None if text == "never" => Others::Never,
            None => {
                let place = reader.places.at(&format!("disclosure.{audience}"));
                let known: &[_] = if audience == SALE { &["never"] } else { &["never", "with-consent:NAME"] };
                reader.unknown_value(&text, &place, &audience, known);
                continue;
            }
        };
        disclosure.others.insert(audience.as_str().into(), others_of);
    }
    disclosure
}

pub(super) fn message(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Channel {
    let from = reader.needed_choices(section, "from", Sender::WORDS, example("from = [\"operator\"]"));
    Channel {
        audience: reader.needed_string(section, "audience", example("audience = \"customer\"")).as_str().into(),
        from,
        purposes: names(reader.needed_list(
            section,
            "purposes",
            law("Art. 5(1)(b) GDPR: writing to a person serves a purpose", "purposes = [\"inform\"]"),
        )),
        unsubscribe: reader.choice(section, "unsubscribe", &[("link", true)]).unwrap_or(false),
        topics: reader.list(section, "topics").map(names).unwrap_or_default(),
    }
}

pub(super) const EXPORT: MissingTable = MissingTable {
    why: "nobody can take the data elsewhere",
    example: "[export]\nformats = [\"json\", \"csv\"]",
    article: Some("Art. 20(1) GDPR: a structured, commonly used and machine-readable format"),
};

pub(super) fn export(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Export {
    let demand = example("formats = [\"json\", \"csv\"]");
    let formats = reader.needed_choices(section, "formats", ExportFormat::WORDS, demand);
    let no_transfer = if reader.boolean(section, "transfer").unwrap_or(true) {
        reader.misplaced(section, "transfer_reason", "transfer = false");
        None
    } else {
        let demand = law(
            "Art. 20(2) GDPR: the right to have data transferred directly, where technically feasible",
            "transfer_reason.de = \"…\"\ntransfer_reason.en = \"…\"",
        );
        Some(reader.needed_text(section, "transfer_reason", demand))
    };
    Export { formats, window: reader.rule(section, "window"), link: reader.period(section, "link", false), no_transfer }
}

pub(super) const fn no_export() -> Export {
    Export { formats: Vec::new(), window: None, link: None, no_transfer: None }
}

pub(super) fn access(reader: &mut Reader<'_>, section: &mut Section<'_>) -> OperatorAccess {
    OperatorAccess {
        instruction: reader.string(section, "instruction").map(Into::into),
        notes: reader.choices(section, "notes", Noted::WORDS).unwrap_or_default(),
        notify: reader.period(section, "notify", false),
        emergency: reader.boolean(section, "emergency"),
        review: reader.period(section, "review", false),
        unused: reader.period(section, "unused", false),
    }
}

pub(super) fn identity(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Identity {
    const ART: &str = "Art. 12(6) GDPR: only what is needed to confirm who asks";
    let mut factors = Vec::new();
    for text in reader.needed_list(section, "factors", law(ART, "factors = [\"mailbox\"]")) {
        match (text.as_str(), text.strip_prefix("field:")) {
            ("login", _) => factors.push(Factor::LogIn),
            ("mailbox", _) => factors.push(Factor::Mailbox),
            (_, Some(field)) => factors.push(Factor::Field(field.trim().into())),
            _ => {
                let place = reader.places.at(&format!("{}.factors[{text}]", section.path));
                reader.unknown_value(&text, &place, "factors", &["login", "mailbox", "field:NAME"]);
            }
        }
    }
    Identity {
        rights: reader.needed_choices(section, "rights", Right::WORDS, law(ART, "rights = [\"access\"]")),
        factors,
        tries: reader.number(section, "tries", 10),
        verifier: reader.string(section, "verifier").map(Into::into),
        agents: reader.boolean(section, "agents").unwrap_or(false),
    }
}

const ART_RIGHTS: &str = "Art. 12(2)(3), 13(2)(b) GDPR: the rights, how to use them, and by when they are answered";

pub(super) const RIGHTS: MissingTable = MissingTable {
    why: "nobody learns how to use the rights of Art. 15 to 22",
    example: "[rights]\ndeadline = \"1 month\"\nemail = \"privacy@company.example\"",
    article: Some(ART_RIGHTS),
};

pub(super) fn rights(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Rights {
    Rights {
        deadline: reader.needed_period(section, "deadline", false, law(ART_RIGHTS, "deadline = \"1 month\"")),
        email: reader.needed_address(
            section,
            "email",
            Address::Mail,
            law(ART_RIGHTS, "email = \"privacy@company.example\""),
        ),
        contact_url: reader.address(section, "contact_url", Address::Web),
        tenant_can: reader.text(section, "tenant_can"),
        channels: reader.choices(section, "channels", RequestChannel::WORDS).unwrap_or_default(),
        written: reader.boolean(section, "written").unwrap_or(false),
        forwards: reader.choice(section, "tenant_requests", &[("answer", false), ("forward", true)]).unwrap_or(false),
    }
}

pub(super) const fn no_rights() -> Rights {
    Rights {
        deadline: Period::new(1, Unit::Month),
        email: String::new(),
        contact_url: None,
        tenant_can: None,
        channels: Vec::new(),
        written: false,
        forwards: false,
    }
}

pub(super) const AUTOMATED: MissingTable = MissingTable {
    why: "nobody learns whether machines decide",
    example: "[automated_decisions]\nused = false\ntext.de = \"…\"\ntext.en = \"…\"",
    article: Some("Art. 13(2)(f), 22 GDPR: the existence of automated decision-making"),
};

pub(super) fn automated(reader: &mut Reader<'_>, section: &mut Section<'_>) -> AutomatedDecisions {
    const ART: &str = "Art. 13(2)(f), 22 GDPR: the existence of automated decision-making, its logic and consequences";
    let used = reader.needed_boolean(section, "used", law(ART, "used = false"));
    if !used {
        reader.misplaced(section, "purpose", "used = true");
        reader.misplaced(section, "review", "used = true");
    }
    AutomatedDecisions {
        used,
        purpose: reader.string(section, "purpose").map(Into::into),
        review: reader.string(section, "review").map(Into::into),
        text: reader.needed_text(section, "text", law(ART, "text.de = \"…\"\ntext.en = \"…\"")),
    }
}

pub(super) fn no_automated() -> AutomatedDecisions {
    AutomatedDecisions { used: false, purpose: None, review: None, text: Text::default() }
}
