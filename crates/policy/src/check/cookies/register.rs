//! The register of what lies on devices: each entry says whose it is, what for and how long, and says it once.

use std::collections::BTreeSet;

use obhut_core::{
    id::CookieName,
    model::{Cookie, CookieCategory, CookieParty, DeviceStorage, Lifetime, Text},
    period::{Period, Unit},
};

use super::known::{BRANDS, CHECKED, Life, RETIRED, SESSIONS, known};
use crate::{
    check::{Check, host, time},
    diagnostic::Diagnostic,
    sentence::{parse_period, period_text},
};

const PLANET49: &str = "CJEU, judgment of 1 October 2019, C-673/17 (Planet49): how long cookies work, and whether third \
                        parties have access";
const PURPOSE: &str = "s. 25(1) TDDDG, Art. 13(1)(c) GDPR: clear information on the purpose";

pub(super) fn run(check: &mut Check<'_>) {
    let model = check.model;
    let own = host::own(model);
    for (name, cookie) in &model.cookies {
        let typo = typo(check, name, cookie);
        party(check, name, cookie, &own, typo);
        purpose(check, name, cookie);
        duration_in_text(check, name, cookie);
        session_that_lasts(check, name, cookie);
        retired(check, name, cookie);
        vendor(check, name, cookie);
        opt_out(check, name, cookie);
        outlives_consent(check, name, cookie);
    }
}

/// Whose it is follows from its domain; what is declared has to agree.
fn party(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie, own: &BTreeSet<&str>, typo: bool) {
    let path = format!("cookie.{name}");
    let site = host::of_url(&check.model.policy.notice_url).map(host::registrable);
    let Some(site) = site else { return };
    let Some(domain) = &cookie.host else {
        if cookie.party == Some(CookieParty::Third) {
            let place = check.at(&format!("{path}.party"));
            check.report(
                Diagnostic::error(
                    "cookie-host",
                    &place,
                    format!("[cookie.{name}] is somebody else's and has no `host`"),
                )
                .label("whose?")
                .help("name the domain for which it is set:\nhost = \"stats.example\"")
                .article(PLANET49),
            );
        }
        return;
    };
    let registrable = host::registrable(domain);
    let (declared, message, help) = match cookie.party {
        Some(CookieParty::Third) if registrable == site => (
            "third",
            format!("[cookie.{name}] is declared as a third party's, but is set for `{domain}`, the site itself"),
            "write party = \"first\": whoever sets it, the browser sends it to your own servers",
        ),
        Some(CookieParty::First) if !own.contains(registrable) => (
            "first",
            format!("[cookie.{name}] is declared as the site's own, but is set for `{domain}`"),
            "write party = \"third\", or, if the domain is yours, name it in `hosts` of a [service.NAME] without provider",
        ),
        _ => {
            third_without_provider(check, name, cookie, typo || own.contains(registrable));
            return;
        }
    };
    let place = check.at(&format!("{path}.party"));
    check.report(
        Diagnostic::error("cookie-party", &place, message)
            .label(format!("not \"{declared}\""))
            .help(format!("{help} (compared by the last two labels of the domain: `{registrable}` and `{site}`)"))
            .article(PLANET49),
    );
}

/// Somebody reads a third party's cookie, and people learn who.
fn third_without_provider(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie, own: bool) {
    let model = check.model;
    let service = cookie.service.as_ref().and_then(|service| model.services.get(service));
    let unknown = cookie.service.is_some() && service.is_none();
    if own || unknown || service.is_some_and(|service| service.provider.is_some()) {
        return;
    }
    let place = check.at(&format!("cookie.{name}.host"));
    check.report(
        Diagnostic::warning(
            "cookie-provider",
            &place,
            format!("[cookie.{name}] is set for the domain of somebody else, and nobody learns who that is"),
        )
        .label("whose domain is this?")
        .help("name its service:\nservice = \"video\"\nwith a [service.video] whose `provider` is a recipient")
        .article(PLANET49),
    );
}

/// A domain that nearly is a known one.
fn typo(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie) -> bool {
    let Some(domain) = &cookie.host else { return false };
    let Some(meant) = host::meant(check.model, domain) else { return false };
    let place = check.at(&format!("cookie.{name}.host"));
    check.report(
        Diagnostic::error("host-typo", &place, format!("`{domain}` is nearly, but not quite, `{meant}`"))
            .label("another domain")
            .help(format!("did you mean `{meant}`? If both exist, name this one in `hosts` of its [service.NAME]"))
            .article(PLANET49),
    );
    true
}

/// A purpose says what happens; a brand or a single word does not.
fn purpose(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie) {
    let Text { de, en } = &cookie.purpose;
    let bare = |text: &str| text.trim().trim_end_matches('.').to_lowercase();
    let brand = |text: &str| BRANDS.contains(&bare(text).as_str());
    let own_name = !cookie.name.is_empty() && bare(de) == bare(&cookie.name) && bare(en) == bare(&cookie.name);
    let one_word = |text: &str| !text.trim().is_empty() && text.split_whitespace().nth(1).is_none();
    // In two languages only a name stays the same word; a policy in one language has the same text in both.
    let both = check.model.policy.languages.len() > 1;
    let path = format!("cookie.{name}.purpose.en");
    let place = check.draft.places.get(&path).unwrap_or_else(|| check.at(&format!("cookie.{name}.purpose.de")));
    let help = "say what happens and for whom, for example\npurpose.de = \"zählt die Besuche je Seite\"\npurpose.en = \"counts visits per page\"";
    if brand(de) || brand(en) || own_name || (both && one_word(en) && bare(en) == bare(de)) {
        check.report(
            Diagnostic::error("cookie-purpose", &place, format!("the purpose of [cookie.{name}] is only a name"))
                .label("a name is no purpose")
                .help(help)
                .article(PURPOSE),
        );
    } else if one_word(de) && one_word(en) {
        check.report(
            Diagnostic::warning("cookie-purpose", &place, format!("the purpose of [cookie.{name}] is a single word"))
                .label("what happens?")
                .help(help)
                .article(PURPOSE),
        );
    }
}

/// How long stands in `keep`, where it can be checked, and not in a sentence.
fn duration_in_text(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie) {
    let texts = [
        ("purpose.de", &cookie.purpose.de),
        ("purpose.en", &cookie.purpose.en),
        ("content.de", &cookie.content.de),
        ("content.en", &cookie.content.en),
    ];
    let found = texts.into_iter().find_map(|(key, text)| Some((key, duration(text)?)));
    let Some((key, duration)) = found else { return };
    let place = check.at(&format!("cookie.{name}.{key}"));
    check.report(
        Diagnostic::warning("cookie-duration", &place, format!("the text of [cookie.{name}] says `{duration}`"))
            .label("a period inside a text")
            .help(format!("write it where it counts: keep = \"…\"; it says {} now", lifetime(cookie)))
            .article(PLANET49),
    );
}

fn lifetime(cookie: &Cookie) -> String {
    match &cookie.keep {
        Lifetime::Session => "\"session\"".to_owned(),
        Lifetime::For(period) => format!("\"{}\"", period_text(*period)),
        Lifetime::Rule(rule) => format!("\"{}\"", crate::sentence::canonical(rule)),
    }
}

/// A number and a unit of time.
fn duration(text: &str) -> Option<String> {
    const UNITS: [&str; 6] = ["minute", "stunde", "tag", "woche", "monat", "jahr"];
    let words: Vec<_> = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',' | '.' | ';')).collect();
    words.windows(2).find_map(|pair| {
        let [number, unit] = pair else { return None };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let lower = unit.to_lowercase();
        let german = UNITS.iter().any(|known| {
            lower.strip_prefix(known).is_some_and(|rest| matches!(rest, "" | "e" | "en" | "n" | "s" | "es"))
        });
        let english = parse_period(&format!("{number} {lower}")).is_ok();
        (german || english).then(|| format!("{number} {unit}"))
    })
}

/// The cookie of a session ends with it.
fn session_that_lasts(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie) {
    let path = format!("cookie.{name}.keep");
    let session = matches!(cookie.keep, Lifetime::Session);
    if cookie.storage == DeviceStorage::Session && !session {
        let place = check.at(&path);
        check.report(
            Diagnostic::error(
                "session-lasts",
                &place,
                format!("[cookie.{name}] lies in the storage of the tab, which ends with it"),
            )
            .label("longer than the tab")
            .help("write keep = \"session\", or storage = \"local-storage\"")
            .article(PLANET49),
        );
        return;
    }
    let long = match &cookie.keep {
        Lifetime::Session => false,
        Lifetime::For(period) => time::longer(*period, Period::new(1, Unit::Day)),
        Lifetime::Rule(rule) => {
            time::longest(rule).is_some_and(|period| time::longer(period, Period::new(1, Unit::Day)))
        }
    };
    let texts = [&cookie.purpose.de, &cookie.purpose.en, &cookie.content.de, &cookie.content.en];
    let says = texts.iter().any(|text| {
        let text = text.to_lowercase().replace('-', " ");
        ["session cookie", "sitzungscookie", "sitzungs cookie"].iter().any(|word| text.contains(word))
    });
    // With `session` and a consent it ends with the browser unless the person wants it to last.
    if long && !cookie.session && (says || SESSIONS.contains(&cookie.name.to_lowercase().as_str())) {
        let place = check.at(&path);
        check.report(
            Diagnostic::warning(
                "session-lasts",
                &place,
                format!("[cookie.{name}] is the cookie of a session and lasts longer than one"),
            )
            .label("a session that does not end")
            .help(
                "write keep = \"session\", or call it what it is, for example a login that is remembered with consent",
            )
            .article(PLANET49),
        );
    }
}

/// What its vendor gave up is not set any more.
fn retired(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie) {
    let Some(retired) = RETIRED.iter().find(|retired| retired.name == cookie.name) else { return };
    let place = check.at(&format!("cookie.{name}.name"));
    check.report(
        Diagnostic::warning(
            "cookie-retired",
            &place,
            format!("`{}` does not exist any more: {} gave it up {}", retired.name, retired.vendor, retired.when),
        )
        .label("not set by anybody")
        .help("remove it, and look which cookies are really set")
        .article(retired.source),
    );
}

/// The period that the vendor states.
fn vendor(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie) {
    let Some(known) = known(&cookie.name) else { return };
    let declared = match &cookie.keep {
        Lifetime::Session => Life::Session,
        Lifetime::For(period) => Life::For(*period),
        Lifetime::Rule(rule) => match time::longest(rule) {
            Some(period) => Life::For(period),
            None => return,
        },
    };
    let same = match (declared, known.life) {
        (Life::Session, Life::Session) => true,
        (Life::For(one), Life::For(other)) => {
            !time::longer(one, other) && (known.settable || !time::longer(other, one))
        }
        _ => false,
    };
    if same {
        return;
    }
    let says = match known.life {
        Life::Session => "until the browser is closed".to_owned(),
        Life::For(period) => format!("for {}", period_text(period)),
    };
    let place = check.at(&format!("cookie.{name}.keep"));
    check.report(
        Diagnostic::warning(
            "cookie-vendor",
            &place,
            format!("`{}` of {} lives {says}, not as long as [cookie.{name}] says", cookie.name, known.vendor),
        )
        .label("differs from its vendor")
        .help("write the period with which it is really set; a vendor can change it, and some can be configured")
        .article(format!("{PLANET49}; {}, as of {CHECKED}", known.source)),
    );
}

/// Objecting afterwards is no consent.
fn opt_out(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie) {
    let needs =
        cookie.consent.is_some() || matches!(cookie.category, CookieCategory::Statistics | CookieCategory::Marketing);
    let texts = [("purpose.de", &cookie.purpose.de), ("purpose.en", &cookie.purpose.en)];
    let offers = texts.into_iter().find(|(_, text)| {
        let text = text.to_lowercase().replace('-', " ");
        text.contains("opt out") || text.contains("optout")
    });
    let Some((key, _)) = offers.filter(|_| needs) else { return };
    let place = check.at(&format!("cookie.{name}.{key}"));
    check.report(
        Diagnostic::warning(
            "opt-out",
            &place,
            format!("[cookie.{name}] needs consent before it is set, and its text offers an opt-out"),
        )
        .label("too late")
        .help("ask first: name the consent and how it is withdrawn; an opt-out link does not replace it")
        .article("s. 25(1) TDDDG: prior consent; Art. 7(3) GDPR: withdrawal"),
    );
}

/// What rests on a consent ends with it.
fn outlives_consent(check: &mut Check<'_>, name: &CookieName, cookie: &Cookie) {
    let Some(consent_name) = &cookie.consent else { return };
    // Another vendor's period is that vendor's; without consent its service is not loaded and its cookie removed.
    if known(&cookie.name).is_some() {
        return;
    }
    let expires = check.model.consents.get(consent_name).and_then(|consent| consent.expires);
    let lasts = match &cookie.keep {
        Lifetime::Session => None,
        Lifetime::For(period) => Some(*period),
        Lifetime::Rule(rule) => time::longest(rule),
    };
    let (Some(expires), Some(lasts)) = (expires, lasts) else { return };
    if !time::longer(lasts, expires) {
        return;
    }
    let place = check.at(&format!("cookie.{name}.keep"));
    check.report(
        Diagnostic::warning(
            "cookie-outlives-consent",
            &place,
            format!(
                "[cookie.{name}] lasts for {}, but its consent `{consent_name}` only for {}",
                period_text(lasts),
                period_text(expires)
            ),
        )
        .label("longer than the consent")
        .help("give both the same period: after it the person is asked again")
        .article("s. 25(1) TDDDG, Art. 7(1) GDPR: storage on a device only while the consent counts"),
    );
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_period_in_a_text_is_found() {
        for (text, expected) in [
            ("hält Sie 30 Tage angemeldet", Some("30 Tage")),
            ("remembers the visitor for 2 years.", Some("2 years")),
            ("(5 Minuten)", Some("5 Minuten")),
            ("die Ziffer 1", None),
            ("unterscheidet Besucher innerhalb eines Tages", None),
            ("the digit 0 or 1 day care", Some("1 day")),
            ("zwei Jahre", None),
        ] {
            assert_eq!(duration(text).as_deref(), expected, "{text}");
        }
    }
}
