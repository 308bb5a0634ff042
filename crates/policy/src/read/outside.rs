//! To whom and where: `[recipient]`, `[disclosure]`, `[message]`, `[cookie]`, `[log]`, `[storage]`, `[export]`,
//! `[rights]`, `[automated_decisions]`.

use indexmap::IndexMap;
use obhut_core::{
    id::ClassName,
    model::{
        AutomatedDecisions, Channel, Cookie, Disclosure, Export, ExportFormat, Log, Model, Others, Recipient,
        RecipientKind, Rights, Safeguard, Sender, Storage, Text,
    },
    period::{Period, Unit},
    rule::Rule,
};

use super::{
    inventory::names,
    model::MissingTable,
    section::{Address, Reader, Section, example, law},
};

/// Stands in a list of classes for all of them.
const EVERYTHING: &str = "*";

const ART_RECIPIENT: &str = "Art. 13(1)(e) GDPR: the recipients or categories of recipients";

pub(super) fn recipient(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Recipient {
    let kinds = [
        ("processor", RecipientKind::Processor),
        ("tenant", RecipientKind::Tenant),
        ("authority", RecipientKind::Authority),
        ("third", RecipientKind::Third),
        ("joint", RecipientKind::Joint),
    ];
    let until = reader.date(section, "safeguard_until");
    let safeguard = reader.text(section, "safeguard");
    if !section.has("safeguard") {
        reader.misplaced(section, "safeguard_until", "a safeguard.de = \"…\" and safeguard.en = \"…\"");
    }
    Recipient {
        kind: reader
            .needed_choice(section, "kind", &kinds, law(ART_RECIPIENT, "kind = \"processor\""))
            .unwrap_or(RecipientKind::Authority),
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
    let mut others = IndexMap::new();
    for (audience, text) in reader.each_string(section) {
        let others_of = match text.strip_prefix("with-consent:") {
            Some(consent) => Others::WithConsent(consent.trim().into()),
            None if text == "never" => Others::Never,
            None => {
                let place = reader.places.at(&format!("disclosure.{audience}"));
                reader.unknown_value(&text, &place, &audience, &["never", "with-consent:NAME"]);
                continue;
            }
        };
        others.insert(audience.as_str().into(), others_of);
    }
    Disclosure { others }
}

pub(super) fn message(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Channel {
    let senders = [("operator", Sender::Operator), ("tenant", Sender::Tenant)];
    let mut from = Vec::new();
    for sender in reader.needed_list(section, "from", example("from = [\"operator\"]")) {
        let place = reader.places.at(&format!("{}.from[{sender}]", section.path));
        from.extend(reader.chosen(&sender, &place, "from", &senders));
    }
    Channel {
        audience: reader.needed_string(section, "audience", example("audience = \"customer\"")).as_str().into(),
        from,
        purposes: names(reader.needed_list(
            section,
            "purposes",
            law("Art. 5(1)(b) GDPR: writing to a person serves a purpose", "purposes = [\"inform\"]"),
        )),
    }
}

pub(super) fn cookie(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Cookie {
    const ART: &str =
        "s. 25 TDDDG, Art. 13 GDPR: what is stored on a device, what for and how long (CJEU C-673/17, Planet49)";
    let keep = reader.rule(section, "keep");
    if !section.has("keep") {
        reader.missing(section, "keep", law(ART, "keep = \"1 year after last login.use\""));
    }
    Cookie {
        name: reader.needed_string(section, "name", law(ART, "name = \"session\"")),
        purpose: reader.needed_text(section, "purpose", law(ART, "purpose.de = \"…\"\npurpose.en = \"…\"")),
        consent: reader.string(section, "consent").map(Into::into),
        session: reader.boolean(section, "session").unwrap_or(false),
        keep: keep.unwrap_or_else(|| Rule::Earliest(Vec::new())),
        content: reader.needed_text(section, "content", law(ART, "content.de = \"…\"\ncontent.en = \"…\"")),
    }
}

pub(super) fn log(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Log {
    const ART: &str = "Art. 5(1)(c) GDPR: an IP address is personal data (CJEU C-582/14, Breyer)";
    Log {
        address: reader.needed_boolean(section, "address", law(ART, "address = false")),
        metadata: reader.needed_boolean(section, "metadata", law(ART, "metadata = false")),
    }
}

pub(super) const STORAGE: MissingTable = MissingTable {
    why: "nobody learns where the data lies",
    example: "[storage]\nprocessor = \"hosting\"\ncountry = \"DE\"",
    article: Some("Art. 13(1)(e)(f), 28 GDPR: the place and the processor of the data"),
};

pub(super) fn storage(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Storage {
    Storage {
        processor: reader.needed_string(section, "processor", example("processor = \"hosting\"")).as_str().into(),
        country: reader.needed_country(section, "country", example("country = \"DE\"")),
    }
}

pub(super) fn no_storage() -> Storage {
    Storage { processor: "".into(), country: String::new() }
}

pub(super) const EXPORT: MissingTable = MissingTable {
    why: "nobody can take the data elsewhere",
    example: "[export]\nformats = [\"json\", \"csv\"]",
    article: Some("Art. 20(1) GDPR: a structured, commonly used and machine-readable format"),
};

pub(super) fn export(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Export {
    let known = [("json", ExportFormat::Json), ("csv", ExportFormat::Csv)];
    let mut formats = Vec::new();
    for format in reader.needed_list(section, "formats", example("formats = [\"json\", \"csv\"]")) {
        let place = reader.places.at(&format!("{}.formats[{format}]", section.path));
        formats.extend(reader.chosen(&format, &place, "formats", &known));
    }
    Export { formats }
}

pub(super) const fn no_export() -> Export {
    Export { formats: Vec::new() }
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
    }
}

pub(super) const fn no_rights() -> Rights {
    Rights { deadline: Period::new(1, Unit::Month), email: String::new(), contact_url: None, tenant_can: None }
}

pub(super) const AUTOMATED: MissingTable = MissingTable {
    why: "nobody learns whether machines decide",
    example: "[automated_decisions]\nused = false\ntext.de = \"…\"\ntext.en = \"…\"",
    article: Some("Art. 13(2)(f), 22 GDPR: the existence of automated decision-making"),
};

pub(super) fn automated(reader: &mut Reader<'_>, section: &mut Section<'_>) -> AutomatedDecisions {
    const ART: &str = "Art. 13(2)(f), 22 GDPR: the existence of automated decision-making, its logic and consequences";
    AutomatedDecisions {
        used: reader.needed_boolean(section, "used", law(ART, "used = false")),
        text: reader.needed_text(section, "text", law(ART, "text.de = \"…\"\ntext.en = \"…\"")),
    }
}

pub(super) fn no_automated() -> AutomatedDecisions {
    AutomatedDecisions { used: false, text: Text::default() }
}
