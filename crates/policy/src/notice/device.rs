//! What is stored on devices (s. 25 TDDDG, Art. 6(1)(f)).

use obhut_core::model::{Cookie, CookieCategory, CookieParty, DeviceStorage, Lang, Lifetime, Model};

use super::{Draft, Fact, Item, Voice, recipient};
use crate::{
    check::host,
    say::{self, words},
};

pub(super) fn section(voice: &Voice<'_>) -> Draft {
    let cookies = voice.cookies();
    let mut items: Vec<_> = cookies
        .iter()
        .map(|(name, cookie)| {
            let mut item = Item::new("cookie", name, &["13(1)(c)", "13(2)(a)"], text(voice, cookie));
            item.term = Some(format!("{} {}", storage(voice, cookie.storage), cookie.name));
            item.facts = facts(voice, cookie);
            item
        })
        .collect();
    items.push(Item::new("cookies", "only", &[], only(voice, &cookies)));
    let title = if cookies.iter().all(|(_, cookie)| cookie.storage == DeviceStorage::Cookie) {
        "Cookies".to_owned()
    } else {
        voice.pick("Cookies und ähnliche Techniken", "Cookies and similar technologies")
    };
    Draft { name: "devices", title, lead: None, items }
}

/// By what means it is stored; begins a term.
fn storage(voice: &Voice<'_>, storage: DeviceStorage) -> String {
    match storage {
        DeviceStorage::Cookie => "Cookie".to_owned(),
        DeviceStorage::Local => voice.pick("Lokaler Speicher", "Local storage"),
        DeviceStorage::Session => voice.pick("Sitzungsspeicher", "Session storage"),
        DeviceStorage::Pixel => voice.pick("Zählpixel", "Tracking pixel"),
    }
}

fn category(voice: &Voice<'_>, category: CookieCategory) -> String {
    match category {
        CookieCategory::Necessary => voice.pick("notwendig", "necessary"),
        CookieCategory::Functional => voice.pick("funktional", "functional"),
        CookieCategory::Statistics => voice.pick("Statistik", "statistics"),
        CookieCategory::Marketing => voice.pick("Marketing", "marketing"),
    }
}

/// Whose it is, seen from the site: that follows from the host for which it is set.
fn party(model: &Model, cookie: &Cookie) -> CookieParty {
    match &cookie.host {
        Some(host) if !host::own(model).contains(host::registrable(host)) => CookieParty::Third,
        _ => CookieParty::First,
    }
}

/// Where it is sent, and who is there.
fn sent_to(voice: &Voice<'_>, cookie: &Cookie) -> String {
    let host = cookie.host.as_ref().map_or_else(
        || voice.pick("die besuchte Website", "the website visited"),
        |host| host.trim_start_matches('.').to_owned(),
    );
    let service = cookie.service.as_ref().and_then(|name| voice.model.services.get(name));
    let provider = service.and_then(|service| service.provider.as_ref());
    match provider.and_then(|name| voice.model.recipients.get(name)).filter(|_| cookie.host.is_some()) {
        Some(provider) if party(voice.model, cookie) == CookieParty::Third => {
            let name = provider.name.clone().unwrap_or_else(|| recipient::term(voice, provider));
            format!("{host} ({name})")
        }
        _ => host,
    }
}

/// "Cookie, notwendig, Erstanbieter".
fn kind(voice: &Voice<'_>, cookie: &Cookie) -> String {
    let party = match party(voice.model, cookie) {
        CookieParty::First => voice.pick("Erstanbieter", "first party"),
        CookieParty::Third => voice.pick("Drittanbieter", "third party"),
    };
    // An English noun inside a sentence is no name.
    let storage = storage(voice, cookie.storage);
    let storage = if voice.lang == Lang::En { storage.to_lowercase() } else { storage };
    format!("{storage}, {}, {party}", category(voice, cookie.category))
}

/// How long it lives, as a figure.
fn lifetime(voice: &Voice<'_>, cookie: &Cookie) -> String {
    let lang = voice.lang;
    let tab = cookie.storage == DeviceStorage::Session;
    match &cookie.keep {
        Lifetime::Session if tab => voice.pick("bis zum Schließen des Tabs", "until the tab is closed"),
        Lifetime::Session => voice.pick("bis zum Schließen des Browsers", "until the browser is closed"),
        Lifetime::For(length) => say::figure(*length, lang),
        Lifetime::Rule(rule) => say::deadline(voice.model, rule, lang),
    }
}

fn facts(voice: &Voice<'_>, cookie: &Cookie) -> Vec<Fact> {
    let lang = voice.lang;
    let fact = |de, en, value: String| Fact { head: if lang == Lang::De { de } else { en }, value };
    let (purpose, content) = (cookie.purpose.get(lang), cookie.content.get(lang));
    let mut lives = lifetime(voice, cookie);
    let basis = match &cookie.consent {
        Some(consent) => {
            let place = voice.asked(consent);
            if cookie.session {
                lives = words!(
                    lang,
                    "bis zum Schließen des Browsers; mit Ihrer Einwilligung {lives}",
                    "until the browser is closed; with your consent {lives}",
                );
            }
            let first = if cookie.session {
                voice.pick(
                    "bis zum Schließen des Browsers unbedingt erforderlich (§ 25 Abs. 2 Nr. 2 TDDDG); darüber hinaus ",
                    "until the browser is closed: strictly necessary (section 25(2) no. 2 TDDDG); beyond that: ",
                )
            } else {
                String::new()
            };
            words!(
                lang,
                "{first}Ihre Einwilligung {place} (§ 25 Abs. 1 TDDDG, Art. 6 Abs. 1 Buchst. a DSGVO)",
                "{first}your consent {place} (section 25(1) TDDDG, Article 6(1)(a) GDPR)",
            )
        }
        None => voice
            .pick("unbedingt erforderlich (§ 25 Abs. 2 Nr. 2 TDDDG)", "strictly necessary (section 25(2) no. 2 TDDDG)"),
    };
    vec![
        fact("Name", "Name", cookie.name.clone()),
        fact(
            "Zweck und Inhalt",
            "Purpose and content",
            say::capital(&words!(lang, "{purpose}. Inhalt: {content}", "{purpose}. Content: {content}")),
        ),
        fact("Art", "Kind", say::capital(&kind(voice, cookie))),
        fact("Lebensdauer", "Lifetime", say::capital(&lives)),
        fact("Host", "Host", sent_to(voice, cookie)),
        fact("Grundlage", "Basis", say::capital(&basis)),
    ]
}

fn text(voice: &Voice<'_>, cookie: &Cookie) -> String {
    let lang = voice.lang;
    let (purpose, content) = (cookie.purpose.get(lang), cookie.content.get(lang));
    let (kind, host) = (kind(voice, cookie), sent_to(voice, cookie));
    let keep = match (cookie.storage, &cookie.keep) {
        (DeviceStorage::Session, Lifetime::Session) => {
            voice.pick("mit dem Schließen des Tabs", "when you close the tab")
        }
        _ => say::lifetime(voice.model, &cookie.keep, lang),
    };
    let mut sentences = vec![words!(
        lang,
        "Zweck: {purpose}. Inhalt: {content}. Art: {kind}. Host: {host}.",
        "Purpose: {purpose}. Content: {content}. Kind: {kind}. Host: {host}.",
    )];
    // "Das Cookie … es" / "Die Angabe … sie".
    let (thing, it) = match cookie.storage {
        DeviceStorage::Cookie => (voice.pick("Das Cookie", "The cookie"), "Es"),
        DeviceStorage::Local | DeviceStorage::Session => (voice.pick("Die Angabe", "The entry"), "Sie"),
        DeviceStorage::Pixel => (voice.pick("Das Zählpixel", "The pixel"), "Es"),
    };
    let expires = words!(lang, "{it} verfällt {keep}.", "It expires {keep}.");
    sentences.push(match &cookie.consent {
        Some(consent) if cookie.session => {
            let place = voice.asked(consent);
            let it = it.to_lowercase();
            words!(
                lang,
                "{thing} gilt bis zum Schließen des Browsers und ist dafür unbedingt erforderlich (§ 25 Abs. 2 Nr. 2 \
                 TDDDG); darüber hinaus gespeichert wird {it} nur, wenn Sie {place} einwilligen (§ 25 Abs. 1 TDDDG, Art. 6 \
                 Abs. 1 Buchst. a DSGVO). In diesem Fall verfällt {it} {keep}.",
                "{thing} lasts until you close your browser, for which it is strictly necessary (section 25(2) no. 2 of \
                 the German Telecommunications Digital Services Data Protection Act (TDDDG)); it is stored beyond that \
                 only if you consent {place} (section 25(1) TDDDG, Article 6(1)(a) GDPR). In that case it expires {keep}.",
            )
        }
        Some(consent) => {
            let place = voice.asked(consent);
            let (set, set_en) = match cookie.storage {
                DeviceStorage::Cookie => ("gesetzt", "set"),
                DeviceStorage::Local | DeviceStorage::Session => ("gespeichert", "stored"),
                DeviceStorage::Pixel => ("geladen", "loaded"),
            };
            words!(
                lang,
                "{thing} wird nur {set}, wenn Sie {place} einwilligen (§ 25 Abs. 1 TDDDG, Art. 6 Abs. 1 Buchst. a DSGVO). \
                 {expires}",
                "{thing} is {set_en} only if you consent {place} (section 25(1) of the German Telecommunications Digital \
                 Services Data Protection Act (TDDDG), Article 6(1)(a) GDPR). {expires}",
            )
        }
        None => words!(
            lang,
            "{thing} ist für den von Ihnen gewünschten Dienst unbedingt erforderlich (§ 25 Abs. 2 Nr. 2 TDDDG). {expires}",
            "{thing} is strictly necessary for the service you have requested (section 25(2) no. 2 of the German \
             Telecommunications Digital Services Data Protection Act (TDDDG)). {expires}",
        ),
    });
    sentences.join(" ")
}

fn only(voice: &Voice<'_>, cookies: &[(&str, &Cookie)]) -> String {
    if cookies.is_empty() {
        return voice.pick(
            "Es werden keine Cookies gesetzt und auch sonst keine Informationen auf Ihrem Gerät gespeichert oder von \
             dort ausgelesen, um Sie wiederzuerkennen.",
            "No cookies are set, and no other information is stored on or read from your device in order to recognise \
             you.",
        );
    }
    let mut text = voice.pick(
        "Weitere Cookies oder vergleichbare Techniken werden nicht eingesetzt.",
        "No other cookies or comparable technologies are used.",
    );
    // What somebody else's content needs is missing where the consent is: then this cannot be said.
    if cookies.iter().all(|(_, cookie)| cookie.consent.is_some() && cookie.service.is_none()) {
        text.push(' ');
        text.push_str(&voice.pick(
            "Alle Funktionen stehen Ihnen auch ohne Cookies zur Verfügung.",
            "All functions are available to you without cookies as well.",
        ));
    }
    text
}
