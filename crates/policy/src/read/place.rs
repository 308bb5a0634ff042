//! Where, and with what care: `[storage]`, `[place]`, `[backup]`, `[log]`, `[cookie]`, `[service]`, `[measure]`.

use obhut_core::{
    id::RecipientName,
    model::{
        Backup, Certificate, Cookie, CookieCategory, CookieParty, Copies, DeviceStorage, Each, Evidence, Lifetime,
        Loads, Log, LogAddress, LogKind, LogMail, Measure, Protects, Service, Storage, TenantBackup, Tier,
    },
    period::Unit,
};

use super::{
    inventory::names,
    model::MissingTable,
    section::{Reader, Section, example, law, shortened},
};
use crate::{
    diagnostic::{Diagnostic, Place},
    sentence,
};

pub(super) fn cookie(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Cookie {
    const ART: &str =
        "s. 25 TDDDG, Art. 13 GDPR: what is stored on a device, what for and how long (CJEU C-673/17, Planet49)";
    let consent = reader.string(section, "consent").map(Into::into);
    let unasked = if consent.is_some() { CookieCategory::Functional } else { CookieCategory::Necessary };
    let keep = lifetime(reader, section);
    if !section.has("keep") {
        reader.missing(section, "keep", law(ART, "keep = \"1 year after last login.use\""));
    }
    Cookie {
        name: reader.needed_string(section, "name", law(ART, "name = \"session\"")),
        purpose: reader.needed_text(section, "purpose", law(ART, "purpose.de = \"…\"\npurpose.en = \"…\"")),
        consent,
        session: reader.boolean(section, "session").unwrap_or(false),
        keep: keep.unwrap_or(Lifetime::Session),
        content: reader.needed_text(section, "content", law(ART, "content.de = \"…\"\ncontent.en = \"…\"")),
        host: host(reader, section),
        service: reader.string(section, "service").map(Into::into),
        party: reader.choice(section, "party", CookieParty::WORDS),
        category: reader.choice(section, "category", CookieCategory::WORDS).unwrap_or(unasked),
        storage: reader.choice(section, "storage", DeviceStorage::WORDS).unwrap_or(DeviceStorage::Cookie),
        audiences: reader.list(section, "audiences").map(names).unwrap_or_default(),
    }
}

/// `"session"`, a period from when it is set, or a rule.
fn lifetime(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Option<Lifetime> {
    let text = reader.string(section, "keep")?;
    if text == "session" {
        return Some(Lifetime::Session);
    }
    match sentence::parse_period(text) {
        Ok(period) => Some(Lifetime::For(period)),
        Err(_) => reader.rule(section, "keep").map(Lifetime::Rule),
    }
}

fn host(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Option<String> {
    let host = reader.string(section, "host")?;
    let place = reader.places.at(&format!("{}.host", section.path));
    is_host(reader, host, &place).then(|| host.to_owned())
}

/// Whether the text is a host name, with or without the dot that includes its subdomains.
fn is_host(reader: &mut Reader<'_>, text: &str, place: &Place) -> bool {
    let name = text.strip_prefix('.').unwrap_or(text);
    let part = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let fits = name.len() <= 253 && name.contains('.') && name.split('.').all(part);
    if !fits {
        reader.report(
            Diagnostic::error("address", place, format!("\"{}\" is not a host name", shortened(text)))
                .label("expected a host name")
                .help("for example \"www.company.example\", without https:// and without a path"),
        );
    }
    fits
}

pub(super) fn log(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Log {
    const ART: &str = "Art. 5(1)(c) GDPR: an IP address is personal data (CJEU C-582/14, Breyer)";
    let audiences = reader.one_or_more(section, "audiences", example("audiences = [\"visitor\"]"));
    let address = reader.needed_choice(section, "address", LogAddress::WORDS, law(ART, "address = \"never\""));
    Log {
        audiences: names(audiences),
        kinds: reader.choices(section, "kinds", LogKind::WORDS).unwrap_or_else(|| vec![LogKind::Web]),
        address: address.unwrap_or(LogAddress::Never),
        mail: reader.choice(section, "mail", LogMail::WORDS).unwrap_or(LogMail::Never),
        metadata: reader.needed_boolean(section, "metadata", law(ART, "metadata = false")),
        fields: reader.list(section, "fields").map(names),
        purposes: reader.list(section, "purposes").map(names).unwrap_or_default(),
        keep: reader.rule(section, "keep"),
        attacks: reader.string(section, "attacks").map(Into::into),
        join: reader.behind(section, "join", ("consent", |name| Some(name.into())), &[("never", None)]).flatten(),
        inspect: reader.text(section, "inspect"),
        tenant_settings: reader.boolean(section, "tenant_settings").unwrap_or(false),
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

pub(super) fn place(reader: &mut Reader<'_>, section: &mut Section<'_>) -> obhut_core::model::Place {
    const ART: &str = "Art. 13(1)(e)(f), 32(1)(b) GDPR: where copies lie";
    let certificate = reader.string(section, "certificate").map(str::to_owned);
    if certificate.is_none() {
        reader.misplaced(section, "certificate_until", "certificate = \"ISO/IEC 27001\"");
    }
    let until = reader.date(section, "certificate_until");
    obhut_core::model::Place {
        holds: reader.needed_choices(section, "holds", Copies::WORDS, law(ART, "holds = [\"backup\"]")),
        city: reader.needed_string(section, "city", law(ART, "city = \"Musterstadt\"")),
        country: reader.needed_country(section, "country", law(ART, "country = \"DE\"")),
        processor: reader.string(section, "processor").map(Into::into),
        certificate: certificate.map(|name| Certificate { name, until }),
    }
}

pub(super) fn backup(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Backup {
    const ART: &str = "Art. 32(1)(b)(c) GDPR: availability, and restoring it in time";
    let tenants = reader.choice(section, "tenants", TenantBackup::WORDS);
    Backup {
        every: reader.needed_period(section, "every", false, law(ART, "every = \"24 hours\"")),
        keep: tiers(reader, section),
        places: names(reader.needed_list(section, "places", law(ART, "places = [\"first\", \"second\"]"))),
        restore_test: reader.period(section, "restore_test", false),
        tenants: tenants.unwrap_or(TenantBackup::Included),
    }
}

/// `daily for 30 days`.
fn tiers(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Vec<Tier> {
    const HELP: &str = "for example keep = [\"all for 24 hours\", \"daily for 30 days\", \"monthly for 12 months\"]";
    let demand = law("Art. 5(1)(e) GDPR: copies end as well", "keep = [\"daily for 30 days\"]");
    let mut tiers = Vec::new();
    for text in reader.needed_list(section, "keep", demand) {
        let place = reader.places.at(&format!("{}.keep[{text}]", section.path));
        let parts = text.split_once(" for ").map(|(each, keep)| (each.trim(), sentence::parse_period(keep)));
        match parts {
            Some((each, Ok(keep))) if keep.unit != Unit::Minute => {
                tiers.extend(reader.chosen(each, &place, "keep", Each::WORDS).map(|each| Tier { each, keep }));
            }
            _ => reader.report(
                Diagnostic::error("sentence", &place, "this does not say which copies are kept how long")
                    .label("expected WHICH for PERIOD")
                    .help(HELP),
            ),
        }
    }
    tiers
}

pub(super) fn service(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Service {
    let hosts = reader.list(section, "hosts").unwrap_or_default();
    let hosts = hosts.into_iter().filter(|host| {
        let place = reader.places.at(&format!("{}.hosts[{host}]", section.path));
        is_host(reader, host, &place)
    });
    let hosts: Vec<_> = hosts.collect();
    let provider = reader.string(section, "provider").map(RecipientName::from);
    let loads = reader.choice(section, "loads", Loads::WORDS);
    if provider.is_some() && !hosts.is_empty() && !section.has("loads") {
        let art = "s. 25 TDDDG, Art. 6(1)(a) GDPR: what pages load from others, and when (LG München I 3 O 17493/20)";
        reader.missing(section, "loads", law(art, "loads = \"click\""));
    }
    let placeholder = reader.text(section, "placeholder");
    if matches!(loads, Some(Loads::Click | Loads::Consent)) && !section.has("placeholder") {
        let demand = law(
            "Art. 13 GDPR: before it is loaded, people are told what it is",
            "placeholder.de = \"…\"\nplaceholder.en = \"…\"",
        );
        reader.missing(section, "placeholder", demand);
    }
    Service {
        label: reader.needed_text(section, "label", example("label.de = \"…\"\nlabel.en = \"…\"")),
        provider,
        hosts,
        data: reader.list(section, "data").map(names).unwrap_or_default(),
        purposes: reader.list(section, "purposes").map(names).unwrap_or_default(),
        consent: reader.string(section, "consent").map(Into::into),
        loads,
        placeholder,
        country: reader.country(section, "country"),
        audiences: reader.list(section, "audiences").map(names).unwrap_or_default(),
    }
}

pub(super) fn measure(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Measure {
    const ART: &str = "Art. 32(1) GDPR: technical and organisational measures";
    let evidence = reader.needed_choice(section, "evidence", Evidence::WORDS, law(ART, "evidence = \"attest\""));
    let review = reader.period(section, "review", false);
    if matches!(evidence, Some(Evidence::Job | Evidence::Attest)) && !section.has("review") {
        let art = "Art. 32(1)(d) GDPR: measures are regularly tested and evaluated";
        reader.missing(section, "review", law(art, "review = \"1 year\""));
    }
    let protects = reader.needed_choice(section, "protects", Protects::WORDS, law(ART, "protects = \"availability\""));
    Measure {
        label: reader.needed_text(section, "label", law(ART, "label.de = \"…\"\nlabel.en = \"…\"")),
        text: reader.needed_text(section, "text", law(ART, "text.de = \"…\"\ntext.en = \"…\"")),
        protects: protects.unwrap_or(Protects::Confidentiality),
        evidence: evidence.unwrap_or(Evidence::Attest),
        review,
        control: reader.string(section, "control").map(str::to_owned),
        until: reader.date(section, "until"),
    }
}
