//! What each page shows, as plain data: one file per page. A handler fills the struct; the template only sets it.
//!
//! Addresses (`href`, `action`) are complete paths: how a log-in travels, and under which tenant, is the handler's
//! matter. A form behind a log-in carries the `token` its handler checks; the purchase form has no log-in and none.

use std::{
    borrow::Borrow,
    fmt::{self, Write as _},
};

use askama::filters::{HtmlSafe, Safe};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use obhut_core::{model::Lang, promise::State};

use crate::{assets, texts::Texts};

pub mod delete_shopper;
pub mod demo_start;
pub mod end_membership;
pub mod error;
pub mod log_in;
pub mod notice;
pub mod purchase_done;
pub mod purchase_form;
pub mod receipt;
pub mod receipts;
pub mod shop;
pub mod shopper;
pub mod shoppers;
pub mod start;
pub mod status;
pub mod timeline;
pub mod versions;

/// What every page has around its content.
#[derive(Debug, Clone)]
pub struct Page {
    /// The language of the page.
    pub lang: Lang,
    /// The title, also its main heading where the page has no better one.
    pub title: String,
    /// The name of the deployment.
    pub site: String,
    /// Where the name leads.
    pub home: Option<String>,
    /// The sections, if the page belongs to some.
    pub nav: Vec<NavLink>,
    /// The same page in the other language.
    pub other: Option<String>,
    /// The movable clock, in the demo.
    pub demo: Option<DemoBar>,
    /// The button that logs out, behind a log-in.
    pub leave: Option<Leave>,
    /// One sentence about what was just done.
    pub flash: Option<String>,
    /// Links at the foot: notice, status.
    pub foot: Vec<Link>,
}

impl Page {
    /// A page with a title and nothing else.
    pub fn new(lang: Lang, site: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            lang,
            title: title.into(),
            site: site.into(),
            home: None,
            nav: Vec::new(),
            other: None,
            demo: None,
            leave: None,
            flash: None,
            foot: Vec::new(),
        }
    }

    /// The texts of the interface in the language of the page.
    pub const fn t(&self) -> Texts {
        Texts(self.lang)
    }

    fn other_lang(&self) -> Lang {
        match self.lang {
            Lang::De => Lang::En,
            Lang::En => Lang::De,
        }
    }
}

/// The address of the stylesheet.
fn css() -> &'static str {
    &assets::CSS.href
}

/// The address of the script.
fn js() -> &'static str {
    &assets::JS.href
}

/// The address of the icon.
fn icon() -> &'static str {
    &assets::ICON.href
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where to.
    pub href: String,
    /// What it says.
    pub label: String,
}

impl Link {
    /// A link.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Self {
        Self { href: href.into(), label: label.into() }
    }
}

/// A link of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavLink {
    /// Where to.
    pub href: String,
    /// What it says.
    pub label: String,
    /// Whether it leads to the page it is on.
    pub current: bool,
}

/// The form that logs out (POST).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// Where it is sent.
    pub action: String,
    /// The hidden field `token`.
    pub token: String,
}

/// The movable clock of the demo: one POST form whose buttons are named `to` with the values `1d`, `14d` and `next`.
#[derive(Debug, Clone)]
pub struct DemoBar {
    /// The time it shows.
    pub now: Moment,
    /// Where the form is sent.
    pub action: String,
    /// The hidden field `back`: the page to return to.
    pub back: String,
    /// The hidden field `token`, if the demo has one.
    pub token: Option<String>,
    /// The next deletion, if one is planned.
    pub next: Option<Moment>,
    /// What changed with the last move, one sentence each; shown once.
    pub changed: Vec<String>,
    /// The start page of the demo.
    pub start: String,
}

/// The published notice a page refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRef {
    /// Where it stands.
    pub href: String,
    /// Its version, for people.
    pub version: String,
}

/// A declaration of consent with its box. The box has no state here: it is never ticked by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentBox {
    /// The short id of the consent: the value of the field `consent`.
    pub name: String,
    /// The exact text.
    pub text: String,
}

/// Why an input was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name of the field.
    pub field: &'static str,
    /// What to do about it.
    pub message: String,
}

/// The message for `field`, if it has one.
fn problem<'a>(problems: &'a [Problem], field: &str) -> Option<&'a str> {
    problems.iter().find(|problem| problem.field == field).map(|problem| problem.message.as_str())
}

/// Where a page of a long list stands. `first` and `last` count from one; an empty list has zero for both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paging {
    /// Number of the first row shown.
    pub first: u64,
    /// Number of the last row shown.
    pub last: u64,
    /// How many rows there are.
    pub total: u64,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// One line of what a deletion takes along, or of what stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanLine {
    /// What.
    pub what: String,
    /// How many.
    pub count: u64,
    /// What happens to it, or why and until when it stays.
    pub note: String,
}

/// An instant as a reader wants it, with the exact instant in the markup and on hover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    instant: String,
    exact: String,
    text: String,
}

impl Moment {
    /// A day of the calendar: "14. Dezember 2026".
    pub fn date(date: Date, lang: Lang) -> Self {
        Self { instant: date.to_string(), exact: String::new(), text: day_of(date, lang) }
    }

    /// The day of an instant: "14. Dezember 2026".
    pub fn day(at: Timestamp, zone: &TimeZone, lang: Lang) -> Self {
        Self::with(at, zone, lang, |local, _| day_of(local, lang))
    }

    /// Day and time with zone: "14. Dezember 2026, 10:30 MEZ".
    pub fn minute(at: Timestamp, zone: &TimeZone, lang: Lang) -> Self {
        let mut moment = Self::with(at, zone, lang, |_, _| String::new());
        let local = at.to_zoned(zone.clone());
        moment.text = format!(
            "{}, {:02}:{:02} {}",
            day_of(local.date(), lang),
            local.hour(),
            local.minute(),
            zone_name(&local, lang)
        );
        moment
    }

    /// For tables: "14.12.2026, 10:30" or "14 Dec 2026, 10:30"; the zone is on hover.
    pub fn short(at: Timestamp, zone: &TimeZone, lang: Lang) -> Self {
        Self::with(at, zone, lang, |date, time| format!("{}, {time}", short_day(date, lang)))
    }

    /// For tables, the day alone: "14.12.2026" or "14 Dec 2026".
    pub fn short_day(at: Timestamp, zone: &TimeZone, lang: Lang) -> Self {
        Self::with(at, zone, lang, |date, _| short_day(date, lang))
    }

    /// How long ago, as seen from `now`: "vor 3 Minuten"; the future is "in 3 Minuten".
    pub fn ago(at: Timestamp, now: Timestamp, zone: &TimeZone, lang: Lang) -> Self {
        let seconds = now.as_second().saturating_sub(at.as_second());
        Self::with(at, zone, lang, |_, _| Texts(lang).ago(seconds))
    }

    fn with(at: Timestamp, zone: &TimeZone, lang: Lang, text: impl FnOnce(Date, &str) -> String) -> Self {
        let local = at.to_zoned(zone.clone());
        let time = format!("{:02}:{:02}", local.hour(), local.minute());
        Self {
            instant: at.to_string(),
            exact: format!("{}, {time}:{:02} {}", day_of(local.date(), lang), local.second(), zone_name(&local, lang)),
            text: text(local.date(), &time),
        }
    }

    /// The text a reader sees, without markup.
    pub fn text(&self) -> &str {
        &self.text
    }
}

fn day_of(date: Date, lang: Lang) -> String {
    let month = Texts(lang).month(date.month());
    match lang {
        Lang::De => format!("{}. {month} {}", date.day(), date.year()),
        Lang::En => format!("{} {month} {}", date.day(), date.year()),
    }
}

fn short_day(date: Date, lang: Lang) -> String {
    match lang {
        Lang::De => format!("{:02}.{:02}.{}", date.day(), date.month(), date.year()),
        Lang::En => {
            let month: String = Texts(lang).month(date.month()).chars().take(3).collect();
            format!("{} {month} {}", date.day(), date.year())
        }
    }
}

fn zone_name(local: &jiff::Zoned, lang: Lang) -> String {
    let name = local.strftime("%Z").to_string();
    match (lang, name.as_str()) {
        (Lang::De, "CET") => "MEZ".into(),
        (Lang::De, "CEST") => "MESZ".into(),
        _ => name,
    }
}

/// The markup. The parts are digits, months and names of zones of our own making: nothing in them needs escaping.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<time datetime=\"{}\"", self.instant)?;
        if !self.exact.is_empty() {
            write!(f, " title=\"{}\"", self.exact)?;
        }
        write!(f, ">{}</time>", self.text)
    }
}

impl HtmlSafe for Moment {}

/// The mark of a state: a drawing that is told apart without colour. The word stands beside it.
fn mark(state: impl Borrow<State>) -> Safe<&'static str> {
    Safe(match state.borrow() {
        State::Kept => {
            r#"<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 8.5l3.6 3.7 7.4-8.4"/></svg>"#
        }
        State::Broken => {
            r#"<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><path d="M3.5 3.5l9 9m0-9l-9 9"/></svg>"#
        }
        State::Unproven => {
            r#"<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="5.2"/></svg>"#
        }
    })
}

/// The class of a state in the stylesheet.
fn state_class(state: impl Borrow<State>) -> &'static str {
    match state.borrow() {
        State::Kept => "state-kept",
        State::Broken => "state-broken",
        State::Unproven => "state-unproven",
    }
}

/// The state of all promises together: of so many kept, broken, unproven.
const fn worst((kept, broken, _): (u64, u64, u64)) -> State {
    if broken > 0 {
        State::Broken
    } else if kept > 0 {
        State::Kept
    } else {
        State::Unproven
    }
}

/// Mark and word of a state, as markup.
pub fn badge(state: State, lang: Lang) -> String {
    let mut html = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        html,
        "<span class=\"state {}\">{} {}</span>",
        state_class(state),
        mark(state),
        Texts(lang).state(state)
    );
    html
}

/// Groups the digits of a count as the language does: 12.345 or 12,345.
pub(crate) fn count(number: u64, lang: Lang) -> String {
    let digits = number.to_string();
    let separator = match lang {
        Lang::De => '.',
        Lang::En => ',',
    };
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn berlin() -> TimeZone {
        TimeZone::get("Europe/Berlin").unwrap()
    }

    #[test]
    fn moments_are_written_as_each_language_writes_them() {
        let at: Timestamp = "2026-07-04T08:05:09Z".parse().unwrap();
        assert_eq!(
            Moment::minute(at, &berlin(), Lang::De).to_string(),
            "<time datetime=\"2026-07-04T08:05:09Z\" title=\"4. Juli 2026, 10:05:09 MESZ\">4. Juli 2026, 10:05 MESZ</time>"
        );
        assert_eq!(Moment::minute(at, &berlin(), Lang::En).text(), "4 July 2026, 10:05 CEST");
        assert_eq!(Moment::short(at, &berlin(), Lang::De).text(), "04.07.2026, 10:05");
        assert_eq!(Moment::short_day(at, &berlin(), Lang::En).text(), "4 Jul 2026");
        let later = "2026-07-04T08:08:10Z".parse().unwrap();
        assert_eq!(Moment::ago(at, later, &berlin(), Lang::De).text(), "vor 3 Minuten");
        assert_eq!(Moment::ago(later, at, &berlin(), Lang::En).text(), "in 3 minutes");
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(1_234_567, Lang::De), "1.234.567");
        assert_eq!(count(999, Lang::En), "999");
        assert_eq!(count(10_000, Lang::En), "10,000");
    }
}
