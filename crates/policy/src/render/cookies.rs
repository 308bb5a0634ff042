//! What is stored on devices (s. 25 TDDDG), as a table and as a device storage disclosure for programs.

use obhut_core::{
    id::AudienceName,
    model::{Cookie, CookieParty, DeviceStorage, Lang, Lifetime, Model},
    period::Period,
    rule::{Anchoring, Rule},
};
use serde_json::{Value, json};

use super::{
    document::{Block, Document, Table, cell, cells},
    words::{self, pick},
};
use crate::say::{self, words as both};

/// What the devices of an audience may get; of everybody, if none is named.
fn of<'a>(model: &'a Model, audience: Option<&AudienceName>) -> Vec<&'a Cookie> {
    let concerns = |cookie: &&Cookie| {
        let (Some(audience), Some(consent)) = (audience, &cookie.consent) else { return true };
        model.consents.get(consent).is_some_and(|known| known.audiences.contains(audience))
    };
    model.cookies.values().filter(concerns).collect()
}

/// The table with its five columns.
pub(super) fn table(model: &Model, audience: Option<&AudienceName>, lang: Lang) -> Table {
    let heads = [
        ("Name des Cookies", "Name of the cookie"),
        ("Verwendungszweck", "Purpose"),
        ("Speicherdauer", "Storage period"),
        ("Art des Cookies", "Type of cookie"),
        ("Domain", "Domain"),
    ];
    let row = |cookie: &Cookie| {
        vec![
            cell(cookie.name.clone()),
            cell(say::capital(cookie.purpose.get(lang))),
            cells(duration(model, cookie, lang)),
            cells(kind(model, cookie, lang)),
            cell(cookie.host.clone().unwrap_or_else(|| pick(lang, "diese Website", "this website"))),
        ]
    };
    Table {
        caption: pick(lang, "Cookies und vergleichbare Techniken", "Cookies and comparable technologies"),
        heads: heads.iter().map(|(de, en)| pick(lang, de, en)).collect(),
        rows: of(model, audience).into_iter().map(row).collect(),
        ..Table::default()
    }
}

/// The table on a page of its own.
pub(super) fn document(model: &Model, audience: Option<&AudienceName>, lang: Lang) -> Document {
    let title = pick(lang, "Cookies und vergleichbare Techniken", "Cookies and comparable technologies");
    let mut page = Document::new(model, lang, title);
    let table = table(model, audience, lang);
    page.intro.push(if table.rows.is_empty() {
        pick(
            lang,
            "Es werden keine Cookies gesetzt und auch sonst keine Informationen auf Ihrem Gerät gespeichert.",
            "No cookies are set, and no other information is stored on your device.",
        )
    } else {
        pick(
            lang,
            "Andere Cookies oder vergleichbare Techniken werden nicht eingesetzt. Was nicht unbedingt erforderlich \
             ist, wird nur gesetzt, wenn Sie einwilligen (§ 25 Abs. 1 TDDDG).",
            "No other cookies or comparable technologies are used. What is not strictly necessary is set only if you \
             consent (section 25(1) of the German Telecommunications Digital Services Data Protection Act (TDDDG)).",
        )
    });
    let title = pick(lang, "Übersicht", "Overview");
    page.section("cookies", title, vec![Block::Table(table)]);
    page
}

/// How long it stays.
fn duration(model: &Model, cookie: &Cookie, lang: Lang) -> Vec<String> {
    let long = match &cookie.keep {
        Lifetime::Session => pick(lang, "bis zum Schließen des Browsers", "until the browser is closed"),
        Lifetime::For(period) => say::figure(*period, lang),
        Lifetime::Rule(rule) => say::rule(model, rule, lang),
    };
    match (&cookie.consent, cookie.session) {
        (Some(_), true) => vec![
            pick(lang, "Bis zum Schließen des Browsers", "Until the browser is closed"),
            both!(lang, "Mit Einwilligung: {long}", "With consent: {long}"),
        ],
        _ => vec![say::capital(&long)],
    }
}

/// What it is: the use it has, whose it is, by what means it is stored, on which consent.
fn kind(model: &Model, cookie: &Cookie, lang: Lang) -> Vec<String> {
    let party = match party(model, cookie) {
        CookieParty::First => pick(lang, "Erstanbieter", "first party"),
        CookieParty::Third => pick(lang, "Drittanbieter", "third party"),
    };
    let means = match (cookie.storage, &cookie.keep) {
        (DeviceStorage::Cookie, _) if cookie.session => {
            pick(lang, "Sitzungs-Cookie, mit Einwilligung dauerhaft", "session cookie, persistent with consent")
        }
        (DeviceStorage::Cookie, Lifetime::Session) => pick(lang, "Sitzungs-Cookie", "session cookie"),
        (DeviceStorage::Cookie, _) => pick(lang, "dauerhaftes Cookie", "persistent cookie"),
        (DeviceStorage::Local, _) => pick(lang, "lokaler Speicher des Browsers", "local storage of the browser"),
        (DeviceStorage::Session, _) => pick(lang, "Sitzungsspeicher des Browsers", "session storage of the browser"),
        (DeviceStorage::Pixel, _) => pick(lang, "Zählpixel", "counting pixel"),
    };
    let mut lines = vec![say::capital(&format!("{}, {party}, {means}", words::category(cookie.category, lang)))];
    lines.extend(cookie.consent.as_ref().map(|consent| {
        let place = words::asked(model, consent, lang);
        both!(lang, "Einwilligung {place}", "Consent {place}")
    }));
    lines
}

/// Whose it is: what is declared, else what the service and the domain show.
fn party(model: &Model, cookie: &Cookie) -> CookieParty {
    if let Some(party) = cookie.party {
        return party;
    }
    let service = cookie.service.as_ref().and_then(|service| model.services.get(service));
    let elsewhere = cookie.host.as_deref().map(|host| host.trim_start_matches('.')).is_some_and(|host| {
        let page = model.policy.notice_url.split("//").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
        let ours = |host: &str, page: &str| page == host || page.ends_with(&format!(".{host}"));
        let site = page.strip_prefix("www.").unwrap_or(page);
        !ours(host, page) && !ours(site, host)
    });
    if service.is_some_and(|service| service.provider.is_some()) || elsewhere {
        CookieParty::Third
    } else {
        CookieParty::First
    }
}

/// A disclosure of device storage with the members that the Transparency and Consent Framework gives it. Its purposes
/// have numbers there; ours are sentences, and stand beside them.
pub(super) fn disclosure(model: &Model, audience: Option<&AudienceName>, lang: Lang) -> Value {
    let one = |cookie: &Cookie| {
        let kind = match cookie.storage {
            DeviceStorage::Cookie => "cookie",
            DeviceStorage::Local | DeviceStorage::Session | DeviceStorage::Pixel => "web",
        };
        let mut value = json!({
            "identifier": cookie.name,
            "type": kind,
            "maxAgeSeconds": seconds(&cookie.keep),
            "cookieRefresh": refreshed(&cookie.keep),
            "purposes": [],
            "description": cookie.purpose.get(lang),
            "category": cookie.category.word(),
        });
        if let (Some(host), Some(members)) = (&cookie.host, value.as_object_mut()) {
            members.insert("domain".into(), json!(host));
        }
        value
    };
    json!({ "disclosures": of(model, audience).into_iter().map(one).collect::<Vec<_>>() })
}

/// The longest it lives after it was set; 0 until the browser is closed.
fn seconds(keep: &Lifetime) -> u64 {
    let period = |period: Period| u64::from(period.hours().1).saturating_mul(3600);
    match keep {
        Lifetime::Session => 0,
        Lifetime::For(length) => period(*length),
        Lifetime::Rule(rule) => words::simple(rule)
            .into_iter()
            .map(|rule| match rule {
                Rule::After { period: length, .. } => period(*length),
                _ => 0,
            })
            .max()
            .unwrap_or(0),
    }
}

/// Whether each use sets it anew.
fn refreshed(keep: &Lifetime) -> bool {
    keep.rule().is_some_and(|rule| rule.events().iter().any(|(_, anchoring)| *anchoring == Anchoring::Last))
}
