//! Who: `[policy]`, `[controller]`, `[dpo]`, `[authority]`.

use jiff::{civil::Date, tz::TimeZone};
use obhut_core::{
    model::{AnnounceBy, Authority, Dpo, Head, Jurisdiction, Lang, Law, Party, PolicyHash, Text},
    period::{Period, Unit},
    rule::MonthDay,
};

use super::{
    inventory::names,
    model::MissingTable,
    section::{Address, Reader, Section, example, law},
};
use crate::{diagnostic::Diagnostic, name};

/// The time zone of a policy that names none.
const ZONE: &str = "Europe/Berlin";

pub(super) const POLICY: MissingTable = MissingTable {
    why: "its name, version and languages are unknown",
    example: "[policy]\nid = \"company\"\nversion = \"1.0\"\nvalid_from = 2026-02-01\nlanguages = [\"de\", \
              \"en\"]\nsweep = \"5 minutes\"\nnotice_url = \"https://www.company.example/privacy\"",
    article: None,
};

pub(super) fn policy(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Head {
    let choices = [("de", Lang::De), ("en", Lang::En)];
    let demand = example("languages = [\"de\", \"en\"]");
    let mut languages = reader.needed_choices(section, "languages", &choices, demand);
    if languages.is_empty() {
        languages = Lang::ALL.to_vec();
    }
    reader.languages.clone_from(&languages);
    let id = reader.needed_string(section, "id", example("id = \"company\""));
    if !id.is_empty() && !name::is_name(&id) {
        let place = reader.places.at(&format!("{}.id", section.path));
        reader.report(
            Diagnostic::error("name", &place, "`id` is not a short name")
                .label("not a name")
                .help("lower-case letters and digits joined by `-`, `_` or `.`, starting with a letter"),
        );
    }
    Head {
        id,
        version: reader.needed_string(section, "version", example("version = \"1.0\"")),
        valid_from: reader.needed_date(section, "valid_from", example("valid_from = 2026-02-01")),
        languages,
        zone: zone(reader, section),
        sweep: reader.needed_period(section, "sweep", true, example("sweep = \"5 minutes\"")),
        announce: reader.period(section, "announce", false),
        announce_by: announce_by(reader, section),
        announce_for: reader.list(section, "announce_for").map(names).unwrap_or_default(),
        fiscal_year: fiscal_year(reader, section),
        notice_url: reader.needed_address(
            section,
            "notice_url",
            Address::Web,
            law("Art. 12(1) GDPR: easily accessible", "notice_url = \"https://www.company.example/privacy\""),
        ),
        hash: PolicyHash::default(),
    }
}

fn announce_by(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Vec<AnnounceBy> {
    if !section.has("announce") {
        reader.misplaced(section, "announce_by", "announce = \"14 days\"");
    }
    let by = reader.choices(section, "announce_by", AnnounceBy::WORDS).unwrap_or_default();
    if by.contains(&AnnounceBy::Email) && !section.has("announce_for") {
        let demand =
            law("Art. 5(1)(b) GDPR: writing to a person serves a purpose", "announce_for = [\"service-notice\"]");
        reader.missing(section, "announce_for", demand);
    } else if !by.contains(&AnnounceBy::Email) {
        reader.misplaced(section, "announce_for", "announce_by = [\"email\"]");
    }
    by
}

fn fiscal_year(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Option<MonthDay> {
    let text = reader.string(section, "fiscal_year")?;
    let day = text
        .split_once('-')
        .filter(|(month, day)| month.len() == 2 && day.len() == 2)
        .and_then(|(month, day)| MonthDay::new(month.parse().ok()?, day.parse().ok()?));
    if day.is_none() {
        let place = reader.places.at(&format!("{}.fiscal_year", section.path));
        reader.report(
            Diagnostic::error("range", &place, "`fiscal_year` is not a day of every year")
                .label("expected month and day")
                .help("write the first day of the fiscal year, for example fiscal_year = \"07-01\""),
        );
    }
    day
}

fn zone(reader: &mut Reader<'_>, section: &mut Section<'_>) -> TimeZone {
    let name = reader.string(section, "time_zone").unwrap_or(ZONE);
    if let Ok(zone) = TimeZone::get(name) {
        return zone;
    }
    let place = reader.places.at(&format!("{}.time_zone", section.path));
    let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    let near =
        known.iter().min_by_key(|known| strsim::damerau_levenshtein(known, &name.chars().take(40).collect::<String>()));
    reader.report(
        Diagnostic::error("unknown-value", &place, "there is no time zone of this name")
            .label("not in the IANA time zone database")
            .maybe_help(near.map(|near| format!("did you mean `{near}`?"))),
    );
    TimeZone::UTC
}

pub(super) fn unread() -> Head {
    Head {
        id: String::new(),
        version: String::new(),
        valid_from: Date::default(),
        languages: Lang::ALL.to_vec(),
        zone: TimeZone::UTC,
        sweep: Period::new(1, Unit::Minute),
        announce: None,
        announce_by: Vec::new(),
        announce_for: Vec::new(),
        fiscal_year: None,
        notice_url: String::new(),
        hash: PolicyHash::default(),
    }
}

pub(super) const CONTROLLER: MissingTable = MissingTable {
    why: "nobody learns who is responsible",
    example: "[controller]\nname = \"Company GmbH\"\naddress = \"Street 1, 12345 City\"\ncountry = \"DE\"\nemail = \
              \"privacy@company.example\"",
    article: Some(ART_CONTROLLER),
};

const ART_CONTROLLER: &str = "Art. 13(1)(a) GDPR: identity and contact details of the controller";

pub(super) fn controller(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Party {
    Party {
        name: reader.needed_string(section, "name", law(ART_CONTROLLER, "name = \"Company GmbH\"")),
        address: reader.needed_string(section, "address", law(ART_CONTROLLER, "address = \"Street 1, 12345 City\"")),
        country: reader.needed_country(section, "country", law(ART_CONTROLLER, "country = \"DE\"")),
        email: reader.needed_address(
            section,
            "email",
            Address::Mail,
            law(ART_CONTROLLER, "email = \"privacy@company.example\""),
        ),
        phone: reader.string(section, "phone").map(str::to_owned),
        contact_url: reader.address(section, "contact_url", Address::Web),
    }
}

pub(super) const fn nobody() -> Party {
    Party {
        name: String::new(),
        address: String::new(),
        country: String::new(),
        email: String::new(),
        phone: None,
        contact_url: None,
    }
}

const ART_DPO: &str = "Art. 13(1)(b) GDPR: contact details of the data protection officer; s. 38 BDSG";

pub(super) const DPO: MissingTable = MissingTable {
    why: "nobody learns who the data protection officer is, or why there is none",
    example: "[dpo]\nname = \"Data protection officer\"\nemail = \"dpo@company.example\"\nor\n[dpo]\nrequired = \
              false\nreason.de = \"…\"\nreason.en = \"…\"",
    article: Some(ART_DPO),
};

pub(super) fn dpo(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Dpo {
    if reader.boolean(section, "required").unwrap_or(true) {
        reader.misplaced(section, "reason", "required = false");
        return Dpo::Appointed {
            name: reader.needed_string(section, "name", law(ART_DPO, "name = \"Data protection officer\"")),
            email: reader.needed_address(
                section,
                "email",
                Address::Mail,
                law(ART_DPO, "email = \"dpo@company.example\""),
            ),
        };
    }
    reader.misplaced(section, "name", "required = true");
    reader.misplaced(section, "email", "required = true");
    let reason = reader.needed_text(section, "reason", law(ART_DPO, "reason.de = \"…\"\nreason.en = \"…\""));
    Dpo::NotRequired { reason }
}

pub(super) fn no_dpo() -> Dpo {
    Dpo::NotRequired { reason: Text::default() }
}

const ART_AUTHORITY: &str = "Art. 13(2)(d) GDPR: the right to lodge a complaint with a supervisory authority";

pub(super) const AUTHORITY: MissingTable = MissingTable {
    why: "nobody learns where to complain",
    example: "[authority]\nname.de = \"…\"\nname.en = \"…\"\nurl = \"https://…\"",
    article: Some(ART_AUTHORITY),
};

pub(super) fn authority(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Authority {
    Authority {
        name: reader.needed_text(section, "name", law(ART_AUTHORITY, "name.de = \"…\"\nname.en = \"…\"")),
        url: reader.needed_address(section, "url", Address::Web, law(ART_AUTHORITY, "url = \"https://…\"")),
        address: reader.string(section, "address").map(str::to_owned),
        email: reader.address(section, "email", Address::Mail),
        phone: reader.string(section, "phone").map(str::to_owned),
    }
}

pub(super) fn no_authority() -> Authority {
    Authority { name: Text::default(), url: String::new(), address: None, email: None, phone: None }
}

pub(super) fn jurisdiction(reader: &mut Reader<'_>, section: &mut Section<'_>) -> Jurisdiction {
    let authority = reader.text(section, "authority");
    if authority.is_none() {
        reader.misplaced(section, "authority_url", "authority.de = \"…\" and authority.en = \"…\"");
    }
    let law = reader.needed_choice(section, "law", Law::WORDS, example("law = \"ch-dsg\""));
    Jurisdiction {
        audiences: names(reader.one_or_more(section, "audiences", example("audiences = [\"customer\"]"))),
        law: law.unwrap_or(Law::UkGdpr),
        text: reader.needed_text(section, "text", example("text.de = \"…\"\ntext.en = \"…\"")),
        authority,
        authority_url: reader.address(section, "authority_url", Address::Web),
    }
}
