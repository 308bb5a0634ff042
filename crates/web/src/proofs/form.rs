//! What the form promises before, during and after it is filled in.

use async_trait::async_trait;
use obhut_core::{
    consent::ConsentKind,
    id::ConsentName,
    model::{Consent, Lang, Model},
    promise::Outcome,
};
use obhut_engine::{
    Error,
    promises::Promise,
    prove::{Check, Stage, When},
};

use super::{
    markup::{input, tags, text, ticked},
    played,
    shopper::{Shopper, audience, form, people},
    verdict,
    visitor::{Seen, Visitor},
};

const NOBODY: &str = "no tenant in business";

/// The path of the notice that a page of the form links to, if it does.
fn notice_link(stage: &Stage<'_>, seen: &Seen) -> Option<(String, bool)> {
    let path = format!("/notice/{}", audience(stage.published)?);
    tags(&seen.body).iter().filter(|tag| tag.name == "a").find_map(|tag| {
        let href = tag.get("href")?;
        let rest = href.strip_prefix(&path)?;
        let leads = rest.is_empty() || rest.starts_with(['?', '#']);
        leads.then(|| (href.to_owned(), tag.is("target", "_blank")))
    })
}

/// The form links to the notice in force; without it nothing is accepted; what is stored says which one was shown.
pub(super) struct FormLinksNotice(pub(super) Visitor);

#[async_trait]
impl Check for FormLinksNotice {
    fn name(&self) -> &'static str {
        "form-links-notice"
    }

    fn when(&self) -> When {
        When::End
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let visitor = &self.0;
        let hash = stage.published.policy.hash.to_string();
        let mut failures = Vec::new();
        let mut looked = 0;
        for tenant in played(stage) {
            let key = &tenant.key;
            for lang in Lang::ALL {
                looked += 1;
                let path = form(tenant.id, lang);
                let shown = visitor.get(&path).await;
                match notice_link(stage, &shown) {
                    None => failures.push(format!("the form of {key} does not link to the notice")),
                    Some((href, _)) => {
                        let notice = visitor.get(&href).await;
                        if !notice.status.is_success() || !text(&notice.body).contains(&hash) {
                            failures
                                .push(format!("the form of {key} links to something else than the notice in force"));
                        }
                    }
                }
                if input(&shown.body, "notice").as_deref() != Some(hash.as_str()) {
                    failures.push(format!("the form of {key} does not carry the version of the notice"));
                }

                let before = people(stage, tenant.id).await?;
                let other = "0".repeat(64);
                for notice in [None, Some(""), Some(other.as_str())] {
                    let shopper = Shopper::new(stage);
                    let mut fields = shopper.fields(lang, notice.unwrap_or_default());
                    fields.retain(|(name, _)| *name != "notice" || notice.is_some());
                    let answer = visitor.post(&path, &fields).await;
                    let stored = shopper.leave(stage, tenant).await?;
                    if answer.status.is_success() || stored.is_some() {
                        failures.push(format!("{key} accepts a form that does not refer to the notice in force"));
                    }
                }
                if people(stage, tenant.id).await? != before {
                    failures.push(format!("a refused form of {key} stored something"));
                }

                let shopper = Shopper::new(stage);
                shopper.order(visitor, tenant.id, lang, None).await;
                match shopper.leave(stage, tenant).await? {
                    None => failures.push(format!("{key} does not accept a complete form")),
                    Some(stored)
                        if stored.records.iter().any(|record| record.notice != stage.published.policy.hash) =>
                    {
                        failures.push(format!("what the form of {key} stored does not say which notice was shown"));
                    }
                    Some(_) => {}
                }
            }
        }
        let held = format!("{looked} forms link to the notice in force, and none is accepted without it");
        Ok(verdict(failures, looked, held, NOBODY))
    }
}

/// Whoever opens the form and does not complete it leaves nothing.
pub(super) struct AbortedForm(pub(super) Visitor);

#[async_trait]
impl Check for AbortedForm {
    fn name(&self) -> &'static str {
        "aborted-form-leaves-nothing"
    }

    fn when(&self) -> When {
        When::End
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let visitor = &self.0;
        let store = stage.engine.store();
        let mut failures = Vec::new();
        let mut looked = 0;
        for tenant in played(stage) {
            let key = &tenant.key;
            for lang in Lang::ALL {
                let shopper = Shopper::new(stage);
                let people_before = people(stage, tenant.id).await?;
                let held_before = store.inventory(tenant.id).await?;
                let messages_before = store.messages(tenant.id, usize::MAX).await?.len();
                let from = visitor.lines();

                let path = form(tenant.id, lang);
                let opened = visitor.get(&path).await;
                let notice = input(&opened.body, "notice").unwrap_or_default();
                let mut answers = vec![opened];
                // Everything but one answer, each in turn: that is how far one can get without completing it.
                for left_out in ["name", "address", "email", "payment_method"] {
                    let mut fields = shopper.fields(lang, &notice);
                    fields.retain(|(name, _)| *name != left_out);
                    answers.push(visitor.post(&path, &fields).await);
                }
                looked += answers.len();

                if shopper.leave(stage, tenant).await?.is_some() || people(stage, tenant.id).await? != people_before {
                    failures.push(format!("an incomplete form of {key} stored a person"));
                } else if store.inventory(tenant.id).await? != held_before {
                    failures.push(format!("an incomplete form of {key} stored data"));
                }
                if store.messages(tenant.id, usize::MAX).await?.len() != messages_before {
                    failures.push(format!("an incomplete form made a message to {key}"));
                }
                if answers.iter().any(|answer| !answer.cookies().is_empty()) {
                    failures.push(format!("the form of {key} sets a cookie"));
                }
                let lines = visitor.lines_after(from);
                if lines.iter().any(|line| shopper.values().iter().any(|value| line.contains(value))) {
                    failures.push(format!("what was entered in an incomplete form of {key} is in the log"));
                }
            }
        }
        let held = format!("{looked} requests of people who gave up: nothing stored, sent, logged or set");
        Ok(verdict(failures, looked, held, NOBODY))
    }
}

/// The consents that the policy asks on the form.
fn asked(model: &Model) -> Vec<(&ConsentName, &Consent)> {
    let Some(audience) = audience(model) else { return Vec::new() };
    model.consents.iter().filter(|(_, consent)| consent.audiences.contains(audience)).collect()
}

/// The box is empty; empty it gives no consent, ticked it gives one with its proof.
pub(super) struct OptInNotTicked(pub(super) Visitor);

#[async_trait]
impl Check for OptInNotTicked {
    fn name(&self) -> &'static str {
        "opt-in-not-ticked"
    }

    fn when(&self) -> When {
        When::End
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let visitor = &self.0;
        let mut failures = Vec::new();
        let mut looked = 0;
        for tenant in played(stage) {
            let key = &tenant.key;
            for (name, consent) in asked(stage.published) {
                for lang in Lang::ALL {
                    looked += 1;
                    let path = form(tenant.id, lang);
                    let shown = visitor.get(&path).await;
                    // Also the form that comes back with an error, although the box had been ticked.
                    let again = visitor.post(&path, &[("lang", lang.tag()), ("consent", name.as_str())]).await;
                    let boxed = tags(&shown.body).iter().any(|tag| {
                        tag.is("type", "checkbox") && tag.is("name", "consent") && tag.is("value", name.as_str())
                    });
                    if !boxed || !text(&shown.body).contains(consent.text.get(lang)) {
                        failures.push(format!("the form of {key} does not ask for {name} in its own words"));
                    }
                    if ticked(&shown.body) || ticked(&again.body) {
                        failures.push(format!("the form of {key} ticks a box by itself"));
                    }

                    let without = Shopper::new(stage);
                    let answer = without.order(visitor, tenant.id, lang, None).await;
                    match without.leave(stage, tenant).await? {
                        None => failures.push(format!("{key} refuses an order without consent ({})", answer.status)),
                        Some(stored) if !stored.consents.is_empty() => {
                            failures.push(format!("{key} notes a consent that nobody gave"));
                        }
                        Some(_) => {}
                    }

                    let with = Shopper::new(stage);
                    with.order(visitor, tenant.id, lang, Some(name.as_str())).await;
                    let stored = with.leave(stage, tenant).await?;
                    let rows = stored.map(|stored| stored.consents).unwrap_or_default();
                    let proven = matches!(rows.as_slice(), [row] if row.event.consent == *name
                        && row.event.kind == ConsentKind::Granted
                        && row.text_hash == obhut_keyring::sha256(consent.text.get(lang).as_bytes())
                        && row.form == consent.asked_on
                        && row.notice == stage.published.policy.hash
                        && row.lang == lang);
                    if !proven {
                        failures.push(format!("the consent given on the form of {key} has no sufficient proof"));
                    }
                }
            }
        }
        let held = format!("{looked} forms with an empty box: no consent without a tick, with one a complete proof");
        Ok(verdict(failures, looked, held, "no tenant in business, or no consent on the form"))
    }
}

/// The form works inside the frame of any site, and names who is who.
pub(super) struct EmbedsAnywhere(pub(super) Visitor);

#[async_trait]
impl Check for EmbedsAnywhere {
    fn name(&self) -> &'static str {
        "embeds-anywhere"
    }

    fn when(&self) -> When {
        When::End
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        // What a browser says that shows the form in a frame of another site, and sends no cookie there.
        let visitor = self
            .0
            .with("sec-fetch-site", "cross-site")
            .with("sec-fetch-dest", "iframe")
            .with("origin", "https://shop.example");
        let operator = &stage.published.controller.name;
        let mut failures = Vec::new();
        let mut looked = 0;
        for tenant in played(stage) {
            let key = &tenant.key;
            let name = stage.engine.store().tenant(tenant.id).await?.map(|tenant| tenant.name).unwrap_or_default();
            for lang in Lang::ALL {
                let shown = visitor.get(&form(tenant.id, lang)).await;
                let shopper = Shopper::new(stage);
                let done = shopper.order(&visitor, tenant.id, lang, None).await;
                let stored = shopper.leave(stage, tenant).await?;
                if !done.status.is_success() || stored.is_none() {
                    failures.push(format!("the form of {key} is not accepted from the frame of another site"));
                }
                for (seen, what) in [(&shown, "form"), (&done, "confirmation")] {
                    looked += 1;
                    failures.extend(frame_refused(seen).map(|why| format!("the {what} of {key} {why}")));
                    let read = text(&seen.body);
                    if name.is_empty() || !read.contains(&name) || !read.contains(operator.as_str()) {
                        failures.push(format!("the {what} of {key} does not name both parties"));
                    }
                    match notice_link(stage, seen) {
                        Some((_, true)) => {}
                        Some((_, false)) => {
                            failures.push(format!("the {what} of {key} opens the notice inside the frame"));
                        }
                        None => failures.push(format!("the {what} of {key} does not link to the notice")),
                    }
                    if !seen.cookies().is_empty() {
                        failures.push(format!("the {what} of {key} sets a cookie"));
                    }
                }
            }
        }
        let held = format!("{looked} pages in frames of other sites: accepted without cookies, both parties named");
        Ok(verdict(failures, looked, held, NOBODY))
    }
}

/// Why a browser would not show the page in a frame of another site.
fn frame_refused(seen: &Seen) -> Option<&'static str> {
    if seen.headers.contains_key("x-frame-options") {
        return Some("forbids frames by X-Frame-Options");
    }
    let policies = seen.headers.get_all("content-security-policy");
    let refused = policies.iter().filter_map(|policy| policy.to_str().ok()).any(|policy| {
        let ancestors = policy.split(';').map(str::trim).find_map(|part| part.strip_prefix("frame-ancestors "));
        ancestors.is_some_and(|sources| !sources.split_whitespace().any(|source| source == "*"))
    });
    refused.then_some("forbids frames by its content security policy")
}
