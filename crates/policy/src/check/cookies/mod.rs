//! Cookies (s. 25 TDDDG).

use obhut_core::model::{Cookie, CookieCategory, DeviceStorage};

use super::Check;
use crate::diagnostic::Diagnostic;

mod known;
mod register;

const ARTICLE: &str = "s. 25(1) TDDDG; CJEU, judgment of 1 October 2019, C-673/17 (Planet49): consent for all that is not \
                       strictly necessary";

/// Words of purposes that no service strictly needs.
const NOT_NECESSARY: [&str; 25] = [
    "analy",
    "statisti",
    "statistik",
    "tracking",
    "nachverfolg",
    "marketing",
    "werb",
    "advert",
    "reichweite",
    "audience measur",
    "profiling",
    "profilbild",
    "nutzungsprofil",
    "user profile",
    "personalis",
    "personaliz",
    "retarget",
    "remarket",
    "conversion",
    "a/b",
    "heatmap",
    "affiliate",
    "social media",
    "nutzungsverhalten",
    "user behav",
];

/// Names that well-known measuring and advertising services give their cookies.
const TRACKERS: [&str; 18] = [
    "_ga",
    "_gid",
    "_gat",
    "_gcl",
    "_fbp",
    "_fbc",
    "_hj",
    "_pk_",
    "_uet",
    "_clck",
    "__utm",
    "__hstc",
    "__hssc",
    "__hssrc",
    "mp_",
    "hubspotutk",
    "eloqua",
    "ide",
];

pub(super) fn run(check: &mut Check<'_>) {
    consent(check);
    name_in_header(check);
    names_differ(check);
    register::run(check);
}

/// Only a strictly necessary cookie goes without consent.
fn consent(check: &mut Check<'_>) {
    let model = check.model;
    for (name, cookie) in model.cookies.iter().filter(|(_, cookie)| cookie.consent.is_none()) {
        // A consent that is written but wrong was reported.
        if check.draft.places.get(&format!("cookie.{name}.consent")).is_some() {
            continue;
        }
        let Some(sign) = unnecessary(cookie) else { continue };
        let (path, label) = match sign {
            Sign::Category => ("category", "not strictly necessary"),
            Sign::Name => ("name", "the name of a measuring or advertising service"),
            Sign::Purpose => ("purpose.en", "not necessary for the service"),
        };
        let place = check.at(&format!("cookie.{name}.{path}"));
        check.report(
            Diagnostic::error("cookie-consent", &place, format!("[cookie.{name}] is not strictly necessary and has no consent"))
                .label(label)
                .help("name the consent that allows it, for example\nconsent = \"statistics\"\na legitimate interest does not suffice")
                .article(ARTICLE),
        );
    }
}

enum Sign {
    Category,
    Name,
    Purpose,
}

/// What shows that a cookie is not strictly necessary.
fn unnecessary(cookie: &Cookie) -> Option<Sign> {
    if cookie.category != CookieCategory::Necessary {
        return Some(Sign::Category);
    }
    let purpose = format!("{} {}", cookie.purpose.de, cookie.purpose.en).to_lowercase();
    let name = cookie.name.to_lowercase();
    if NOT_NECESSARY.iter().any(|word| purpose.contains(word)) {
        return Some(Sign::Purpose);
    }
    let tracker = |known: &str| if known.contains('_') { name.starts_with(known) } else { name == known };
    TRACKERS.iter().any(|known| tracker(known)).then_some(Sign::Name)
}

/// The name is one that a browser accepts (RFC 6265, a token).
fn name_in_header(check: &mut Check<'_>) {
    for (name, cookie) in &check.model.cookies {
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        // A key in a storage of the browser may be any text.
        if cookie.storage != DeviceStorage::Cookie || cookie.name.bytes().all(token) {
            continue;
        }
        let place = check.at(&format!("cookie.{name}.name"));
        check.report(
            Diagnostic::error("cookie-name", &place, format!("`name` of [cookie.{name}] is not the name of a cookie"))
                .label("no browser accepts this")
                .help("the name as it stands in the Set-Cookie header: letters, digits, `-`, `_`, `.`"),
        );
    }
}

/// Two entries about one cookie say two things about it.
fn names_differ(check: &mut Check<'_>) {
    let mut seen = std::collections::HashMap::new();
    for (name, cookie) in &check.model.cookies {
        if cookie.name.is_empty() {
            continue;
        }
        // The same name on another host or in another storage is another entry.
        if let Some(first) = seen.insert((&cookie.name, &cookie.host, cookie.storage), name) {
            let place = check.at(&format!("cookie.{name}.name"));
            check.report(
                Diagnostic::error(
                    "duplicate",
                    &place,
                    format!("[cookie.{first}] and [cookie.{name}] describe the same cookie"),
                )
                .label("the second one")
                .help("describe it once"),
            );
        }
    }
}
