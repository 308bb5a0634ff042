//! What the published pages say: the sentence that makes a promise, the version, the list of cookies.

use std::collections::BTreeMap;

use async_trait::async_trait;
use obhut_core::{
    id::{Anchor, AudienceName},
    model::{Cookie, CookieCategory, DeviceStorage, Lang, Lifetime, Model},
    promise::Outcome,
};
use obhut_engine::{
    Error,
    promises::Promise,
    prove::{Check, Stage, When},
};
use obhut_policy::{notice::Notice, say};

use super::{
    anchors::{fixed, of_tables},
    markup::{inside, tags, text},
    notice::article,
    verdict,
    visitor::Visitor,
};

/// The articles of all notices as they are published, by audience and language.
type Pages<'a> = BTreeMap<(&'a AudienceName, Lang), String>;

async fn pages<'a>(visitor: &Visitor, stage: &Stage<'a>) -> Pages<'a> {
    let mut pages = Pages::new();
    for audience in stage.published.audiences.keys() {
        for lang in Lang::ALL {
            pages.insert((audience, lang), article(visitor, audience, lang).await.1);
        }
    }
    pages
}

/// Text as it is compared: one space between words, no difference between kinds of spaces.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where the published policy has the sentence: what it says there, in whole or column by column.
fn published(model: &Model, audience: &AudienceName, lang: Lang, anchor: &Anchor) -> Option<Vec<Vec<String>>> {
    let notice = Notice::of(model, audience, lang)?;
    notice.sections.iter().find_map(|section| {
        if section.anchor == *anchor {
            return Some(vec![vec![section.title.clone()]]);
        }
        let item = section.items.iter().find(|item| item.anchor == *anchor)?;
        let facts: Vec<String> = item.facts.iter().map(|fact| fact.value.clone()).collect();
        Some([vec![item.text.clone()], facts].into_iter().filter(|way| !way.is_empty()).collect())
    })
}

/// The sentences that make the promise stand on the pages, in both languages, wherever they have to.
pub(super) struct SaidInNotice(pub(super) Visitor);

#[async_trait]
impl Check for SaidInNotice {
    fn name(&self) -> &'static str {
        "said-in-notice"
    }

    fn when(&self) -> When {
        When::End
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let pages = pages(&self.0, stage).await;
        let mut failures = Vec::new();
        let mut looked = 0;
        for anchor in &promise.makes {
            let mut somewhere = false;
            for ((audience, lang), page) in &pages {
                let id = anchor.as_str();
                let of = format!("the notice for {audience} ({})", lang.tag());
                let must =
                    of_tables(stage.published, audience).contains(id) || fixed(stage.published, audience).contains(id);
                let said = inside(page, id).map(|markup| plain(&text(&markup))).filter(|said| said.len() > 8);
                let Some(said) = said else {
                    if must {
                        failures.push(format!("{of} does not say {id}"));
                    }
                    continue;
                };
                looked += 1;
                somewhere = true;
                let ways = published(stage.published, audience, *lang, anchor);
                let whole = |way: &Vec<String>| way.iter().all(|part| said.contains(&plain(part)));
                if !ways.is_some_and(|ways| ways.iter().any(whole)) {
                    failures.push(format!("{of} says something else at {id} than the published policy"));
                }
            }
            if !somewhere {
                failures.push(format!("no page says {anchor}"));
            }
        }
        let held = format!(
            "{looked} places in the notices for {} audiences say it, in German and English, as published",
            stage.published.audiences.len(),
        );
        Ok(verdict(failures, looked, held, "the promise names no sentence"))
    }
}

/// Each notice shows its version, from when it applies and the hash of its rules, and is made for printing too.
pub(super) struct NoticeVersioned(pub(super) Visitor);

#[async_trait]
impl Check for NoticeVersioned {
    fn name(&self) -> &'static str {
        "notice-versioned"
    }

    fn when(&self) -> When {
        When::End
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let head = &stage.published.policy;
        let mut failures = Vec::new();
        let mut looked = 0;
        for audience in stage.published.audiences.keys() {
            for lang in Lang::ALL {
                looked += 1;
                let of = format!("the notice for {audience} ({})", lang.tag());
                let path = format!("/notice/{audience}?lang={}", lang.tag());
                let seen = self.0.get(&path).await;
                // The head alone: the same words may stand anywhere in the text.
                let (_, page) = article(&self.0, audience, lang).await;
                let shown = plain(&text(page.split_once("</header>").map_or(page.as_str(), |(head, _)| head)));
                let says = |part: &str| shown.contains(part);
                for (what, part) in [
                    ("its version", head.version.clone()),
                    ("from when it applies", plain(&say::date(head.valid_from, lang))),
                    ("the hash of its rules", head.hash.to_string()),
                ] {
                    if !says(&part) {
                        failures.push(format!("{of} does not show {what}"));
                    }
                }
                let sheets = tags(&seen.body);
                let sheets = sheets.iter().filter(|tag| tag.name == "link" && tag.is("rel", "stylesheet"));
                let mut prints = seen.body.contains("@media print");
                for sheet in sheets.filter_map(|tag| tag.get("href")) {
                    prints |= self.0.get(sheet).await.body.contains("@media print");
                }
                if !prints {
                    failures.push(format!("{of} is not made for printing"));
                }
            }
        }
        let held =
            format!("{looked} notices show version {}, its first day and its hash, and can be printed", head.version);
        Ok(verdict(failures, looked, held, "no audience"))
    }
}

/// The notice lists each cookie with its purpose, its lifetime, its kind and its host, exactly as declared.
pub(super) struct CookiesDeclared(pub(super) Visitor);

#[async_trait]
impl Check for CookiesDeclared {
    fn name(&self) -> &'static str {
        "cookies-declared"
    }

    fn when(&self) -> When {
        When::End
    }

    fn live(&self) -> bool {
        true
    }

    async fn run(&self, stage: &Stage<'_>, promise: &Promise) -> Result<Outcome, Error> {
        let named: Vec<&str> = promise.entries("cookie").collect();
        let pages = pages(&self.0, stage).await;
        let mut failures = Vec::new();
        let (mut looked, mut rows) = (0, 0);
        for (name, cookie) in &stage.published.cookies {
            if !named.is_empty() && !named.contains(&name.as_str()) {
                continue;
            }
            looked += 1;
            let id = format!("cookie.{name}");
            for ((audience, lang), page) in &pages {
                let of = format!("the notice for {audience} ({})", lang.tag());
                let Some(row) = inside(page, &id) else {
                    if of_tables(stage.published, audience).contains(&id) {
                        failures.push(format!("{of} does not list the cookie {}", cookie.name));
                    }
                    continue;
                };
                rows += 1;
                let row = plain(&text(&row)).to_lowercase();
                for (what, ways) in declared(stage.published, cookie, *lang) {
                    if !ways.iter().any(|way| row.contains(&plain(way).to_lowercase())) {
                        failures.push(format!("{of} does not say {what} of the cookie {}", cookie.name));
                    }
                }
            }
        }
        if rows == 0 && looked > 0 {
            failures.push("no page lists the cookies".to_owned());
        }
        let held = format!("{looked} cookies in {rows} places, each with name, purpose, lifetime, kind and host");
        Ok(verdict(failures, looked, held, "the policy has no such cookie"))
    }
}

/// What has to be said of a cookie, and the ways of saying it.
fn declared(model: &Model, cookie: &Cookie, lang: Lang) -> Vec<(&'static str, Vec<String>)> {
    let pick = |de: &str, en: &str| if lang == Lang::De { de.to_owned() } else { en.to_owned() };
    let lifetime = match &cookie.keep {
        Lifetime::Session => vec![pick("schließen", "closed"), pick("schließen", "close")],
        Lifetime::For(period) => vec![say::figure(*period, lang), say::period(*period, lang)],
        Lifetime::Rule(rule) => vec![say::deadline(model, rule, lang), say::rule(model, rule, lang)],
    };
    let mut lifetime = lifetime;
    lifetime.push(say::lifetime(model, &cookie.keep, lang));
    let category = match cookie.category {
        CookieCategory::Necessary => vec![pick("notwendig", "necessary"), pick("erforderlich", "necessary")],
        CookieCategory::Functional => vec![pick("funktional", "functional")],
        CookieCategory::Statistics => vec![pick("statistik", "statistics")],
        CookieCategory::Marketing => vec![pick("marketing", "marketing")],
    };
    let storage = match cookie.storage {
        DeviceStorage::Cookie => pick("cookie", "cookie"),
        DeviceStorage::Local => pick("lokaler speicher", "local storage"),
        DeviceStorage::Session => pick("sitzungsspeicher", "session storage"),
        DeviceStorage::Pixel => pick("pixel", "pixel"),
    };
    let host = match &cookie.host {
        Some(host) => host.trim_start_matches('.').to_owned(),
        None => pick("website", "website"),
    };
    vec![
        ("the name", vec![cookie.name.clone()]),
        ("the purpose", vec![cookie.purpose.get(lang).to_owned()]),
        ("the lifetime", lifetime),
        ("the category", category),
        ("the means", vec![storage]),
        ("the host", vec![host]),
    ]
}
