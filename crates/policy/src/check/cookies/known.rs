//! Cookies of well-known services: how long their vendor lets them live, as data.
//!
//! What a policy says about them is compared with this table. A vendor can change a period, and some can be set by
//! whoever uses the service; so a difference is a warning. Where the vendor's own page states no single period, there is
//! no row.

use obhut_core::period::{Period, Unit};

/// How long a cookie lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// Until the browser is closed.
    Session,
    /// This long.
    For(Period),
}

/// A cookie of a well-known service.
pub(super) struct Known {
    /// Its name, or with `*` at the end what its name begins with.
    pub(super) name: &'static str,
    /// How long its vendor lets it live.
    pub(super) life: Life,
    /// Whether whoever uses the service can make that shorter.
    pub(super) settable: bool,
    /// Whose it is.
    pub(super) vendor: &'static str,
    /// Where the vendor says so.
    pub(super) source: &'static str,
}

/// The day on which the table was made.
pub(super) const CHECKED: &str = "2026-11-23";

const fn keep(count: u16, unit: Unit) -> Life {
    Life::For(Period::new(count, unit))
}

const fn row(name: &'static str, life: Life, vendor: &'static str, source: &'static str) -> Known {
    Known { name, life, settable: false, vendor, source }
}

const fn settable(name: &'static str, life: Life, vendor: &'static str, source: &'static str) -> Known {
    Known { name, life, settable: true, vendor, source }
}

const GOOGLE: &str = "Google Analytics";
const GTAG: &str = "developers.google.com, gtag.js, cookie usage on websites";
const LEGACY: &str = "developers.google.com, ga.js and analytics.js, cookie usage on websites";
const HUBSPOT: &str = "knowledge.hubspot.com, what cookies does HubSpot set in a visitor's browser";
const MATOMO: &str = "matomo.org, what cookies are created by Matomo";

/// Whole names before beginnings, so that the first match is the closest.
pub(super) const KNOWN: [Known; 19] = [
    settable("_ga", keep(2, Unit::Year), GOOGLE, GTAG),
    row("_gid", keep(24, Unit::Hour), GOOGLE, GTAG),
    row("_gat", keep(1, Unit::Minute), GOOGLE, GTAG),
    settable("__utma", keep(2, Unit::Year), GOOGLE, LEGACY),
    settable("__utmb", keep(30, Unit::Minute), GOOGLE, LEGACY),
    row("__utmc", Life::Session, GOOGLE, LEGACY),
    row("__utmt", keep(10, Unit::Minute), GOOGLE, LEGACY),
    settable("__utmz", keep(6, Unit::Month), GOOGLE, LEGACY),
    row("_gcl_au", keep(90, Unit::Day), "Google Ads", "policies.google.com, how Google uses cookies"),
    row("hubspotutk", keep(6, Unit::Month), "HubSpot", HUBSPOT),
    row("__hstc", keep(6, Unit::Month), "HubSpot", HUBSPOT),
    row("__hssc", keep(30, Unit::Minute), "HubSpot", HUBSPOT),
    row("__hssrc", Life::Session, "HubSpot", HUBSPOT),
    row("__cf_bm", keep(30, Unit::Minute), "Cloudflare", "developers.cloudflare.com, Cloudflare cookies"),
    row("_gac_*", keep(90, Unit::Day), GOOGLE, GTAG),
    row("_gat_*", keep(1, Unit::Minute), GOOGLE, GTAG),
    settable("_ga_*", keep(2, Unit::Year), "Google Analytics 4", GTAG),
    settable("_pk_id*", keep(13, Unit::Month), "Matomo", MATOMO),
    settable("_pk_ses*", keep(30, Unit::Minute), "Matomo", MATOMO),
];

/// The row of a cookie.
pub(super) fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| match known.name.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == known.name,
    })
}

/// A cookie that its vendor gave up.
pub(super) struct Retired {
    pub(super) name: &'static str,
    pub(super) vendor: &'static str,
    pub(super) when: &'static str,
    pub(super) source: &'static str,
}

/// Cookies that no longer exist.
pub(super) const RETIRED: [Retired; 1] = [Retired {
    name: "__cfduid",
    vendor: "Cloudflare",
    when: "in May 2021",
    source: "developers.cloudflare.com: deprecating the __cfduid cookie, 10 May 2021",
}];

/// Names of companies and products. None of them is a purpose.
pub(super) const BRANDS: [&str; 24] = [
    "adobe",
    "amazon",
    "bing",
    "cloudflare",
    "criteo",
    "eloqua",
    "facebook",
    "google",
    "google analytics",
    "google ads",
    "hotjar",
    "hubspot",
    "intercom",
    "linkedin",
    "matomo",
    "meta",
    "microsoft",
    "mixpanel",
    "oracle",
    "salesforce",
    "tableau",
    "twitter",
    "vimeo",
    "youtube",
];

/// Names that server software gives to the cookie of a session.
pub(super) const SESSIONS: [&str; 8] = [
    "phpsessid",
    "jsessionid",
    "asp.net_sessionid",
    "session",
    "sessionid",
    "session_id",
    "connect.sid",
    "laravel_session",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_row_counts() {
        for (name, life) in [
            ("_ga", Some(keep(2, Unit::Year))),
            ("_ga_ABC123", Some(keep(2, Unit::Year))),
            ("_gat_UA-1", Some(keep(1, Unit::Minute))),
            ("_gac_1", Some(keep(90, Unit::Day))),
            ("__hssrc", Some(Life::Session)),
            ("garden", None),
        ] {
            assert_eq!(known(name).map(|known| known.life), life, "{name}");
        }
    }
}
