//! `/client/shoppers/{id}`: everything the tenant has about one person, and the withdrawal of a consent.

use axum::{extract::Path, response::Response};
use jiff::Timestamp;
use obhut_core::{
    change::Receipt,
    consent::{ConsentKind, Consents},
    id::{Anchor, ConsentName, SubjectId},
};
use obhut_engine::{
    Error,
    read::{Opened, Person},
};

use super::{
    desk::{Desk, Section},
    failure::{Failure, home},
    fields::Fields,
    frame::{html, see_other},
    law, purchase, receipts,
    shoppers::{files, stay},
    words::pick,
};
use crate::views::{
    Moment,
    error::ErrorKind,
    shopper::{ConsentLine, DataGroup, EventLine, FieldLine, FieldValue, ShopperPage, Withdraw},
    shoppers::Stay,
    timeline::{Lane, Timeline},
};

pub(super) async fn show(desk: Desk, Path(subject): Path<String>) -> Response {
    let answer = page(&desk, &subject).await;
    desk.answer(answer).await
}

/// The id in an address.
pub(super) fn id(text: &str) -> Result<SubjectId, Failure> {
    text.parse().map_err(|_| ErrorKind::NotFound.into())
}

/// Opens what the tenant's staff may see of a person of theirs.
pub(super) async fn open(desk: &Desk, subject: SubjectId) -> Result<Person, Failure> {
    let engine = &desk.frame.app.engine;
    if subject == desk.tenant.account {
        return Err(ErrorKind::NotFound.into());
    }
    Ok(engine.read(&desk.who.caller, desk.tenant.id, subject, &desk.purposes()?).await?)
}

async fn page(desk: &Desk, subject: &str) -> Result<Response, Failure> {
    let subject = id(subject)?;
    let store = desk.frame.app.engine.store();
    let mut receipts = store.receipts(desk.tenant.id, Timestamp::MIN, usize::MAX).await?;
    receipts.retain(|receipt| receipt.subject == subject);
    match open(desk, subject).await {
        Ok(person) => html(&filled(desk, &person, &receipts).await?),
        Err(Failure::Engine(Error::NotFound)) if !receipts.is_empty() && subject != desk.tenant.account => {
            html(&gone(desk, subject, &receipts).await)
        }
        Err(failure) => Err(failure),
    }
}

async fn filled(desk: &Desk, person: &Person, receipts: &[Receipt]) -> Result<ShopperPage, Failure> {
    let (frame, model) = (&desk.frame, desk.frame.model());
    let name = person.value("name").unwrap_or_default().to_owned();
    let here = format!("/client/shoppers/{}", person.subject.id);
    let main = law::main_class(model, desk.audience()?);
    let retention = main.and_then(|class| law::retention(model, class));
    let mut page = desk.page(name.clone(), Some(Section::Shoppers)).await;
    if frame.param("done") == Some("withdrawn") {
        let done = pick(frame.lang, "Der Widerruf ist eingetragen.", "The withdrawal has been recorded.");
        page.flash = Some(done.to_owned());
    }
    let rule_href = retention.and_then(|(name, _)| {
        let anchor = Anchor::of("retain", name.as_str());
        Some(frame.link(&format!("/notice/{}#{anchor}", home(model, &anchor)?)))
    });
    // The newest order first, and what belongs to it after it.
    let mut records: Vec<_> = person.records.iter().collect();
    records.sort_by_key(|record| (std::cmp::Reverse(record.created), Some(&record.class) != main));
    let mut events: Vec<_> = person.occurrences.iter().filter(|known| known.record.is_none()).collect();
    events.sort_by_key(|known| std::cmp::Reverse(known.at));
    Ok(ShopperPage {
        page,
        back: frame.link("/client/"),
        name,
        stay: stay(desk, person),
        rule: retention.map_or_else(String::new, |(_, retention)| law::rule(model, retention, frame.lang)),
        rule_href,
        groups: records.into_iter().map(|record| group(desk, record, Some(&record.class) == main)).collect(),
        consents: consents(desk, person),
        events: events
            .into_iter()
            .map(|known| EventLine {
                what: law::occurrence(model, &known.event, frame.lang),
                at: Moment::short(known.at, &model.policy.zone, frame.lang),
            })
            .collect(),
        timeline: timeline(desk, person),
        receipts: receipts.iter().rev().map(|receipt| receipts::row(desk, receipt)).collect(),
        files: files(&model.export.formats, &format!("{here}/download")),
        delete: Some(frame.link(&format!("{here}/delete"))),
    })
}

/// The page of a person of whom only receipts are left.
async fn gone(desk: &Desk, subject: SubjectId, receipts: &[Receipt]) -> ShopperPage {
    let name = subject.to_string();
    let zone = &desk.frame.model().policy.zone;
    let went = receipts.last().map(|receipt| Moment::short_day(receipt.at, zone, desk.frame.lang));
    ShopperPage {
        page: desk.page(name.clone(), Some(Section::Shoppers)).await,
        back: desk.frame.link("/client/"),
        name,
        stay: went.map_or(Stay::Open, Stay::Until),
        rule: String::new(),
        rule_href: None,
        groups: Vec::new(),
        consents: Vec::new(),
        events: Vec::new(),
        timeline: None,
        receipts: receipts.iter().rev().map(|receipt| receipts::row(desk, receipt)).collect(),
        files: Vec::new(),
        delete: None,
    }
}

fn group(desk: &Desk, record: &Opened, order: bool) -> DataGroup {
    let (frame, model) = (&desk.frame, desk.frame.model());
    let lang = frame.lang;
    let created = Moment::short(record.created, &model.policy.zone, lang);
    let shown = |field: &str, value: &str| match (field, value) {
        ("payment_method", "invoice") => frame.t().f_invoice().to_owned(),
        ("payment_method", "debit") => frame.t().f_debit().to_owned(),
        _ => value.to_owned(),
    };
    let fields = record.fields.iter().map(|(field, value)| FieldLine {
        label: law::field(model, field.as_str(), lang),
        value: FieldValue::Shown(shown(field.as_str(), value.expose())),
    });
    let number = if order { format!(" · {}", purchase::reference(&record.id)) } else { String::new() };
    DataGroup {
        label: format!("{}{number} · {}", law::class(model, &record.class, lang), created.text()),
        why: law::why(model, &desk.who.caller.role, &record.class, lang),
        rule: law::rule_named(model, &record.verdict.rule, lang).unwrap_or_default(),
        stay: law::stay(model, &record.verdict, lang),
        notice: version(desk, &record.notice),
        fields: fields.collect(),
    }
}

/// The version of the notice with this hash; of an earlier one only the hash is known.
fn version(desk: &Desk, hash: &obhut_core::model::PolicyHash) -> String {
    let head = &desk.frame.model().policy;
    let word = pick(desk.frame.lang, "Fassung", "Version");
    if *hash == head.hash {
        return format!("{word} {}", head.version);
    }
    let digits = hash.to_string();
    format!("{word} {}", digits.get(..12).unwrap_or(&digits))
}

/// The declarations, newest first; the newest of a consent that holds can be withdrawn.
fn consents(desk: &Desk, person: &Person) -> Vec<ConsentLine> {
    let (frame, model) = (&desk.frame, desk.frame.model());
    let now = frame.app.engine.now();
    let folded: Consents = person.consents.iter().map(|row| row.event.clone()).collect();
    let mut lines: Vec<ConsentLine> = Vec::new();
    for row in person.consents.iter().rev() {
        let Some(consent) = model.consents.get(&row.event.consent) else { continue };
        let since = folded.given_since(&row.event.consent, consent, now, &model.policy.zone);
        let holds = row.event.kind == ConsentKind::Granted && since == Some(row.event.at);
        let withdraw = holds.then(|| Withdraw {
            action: frame.link(&format!("/client/shoppers/{}/withdraw", person.subject.id)),
            token: desk.token(),
            consent: row.event.consent.to_string(),
        });
        lines.push(ConsentLine {
            text: consent.text.get(row.lang).to_owned(),
            given: row.event.kind == ConsentKind::Granted,
            at: Moment::short(row.event.at, &model.policy.zone, frame.lang),
            form: match (row.event.kind, row.form.as_str()) {
                (ConsentKind::Withdrawn, _) => pick(frame.lang, "Widerruf", "withdrawal").to_owned(),
                (_, form) => obhut_policy::say::place(model, form, frame.lang),
            },
            notice: version(desk, &row.notice),
            withdraw,
        });
    }
    lines
}

fn timeline(desk: &Desk, person: &Person) -> Option<Timeline> {
    let (frame, model) = (&desk.frame, desk.frame.model());
    let lanes: Vec<_> = person
        .records
        .iter()
        .map(|record| {
            let stay = law::stay(model, &record.verdict, frame.lang);
            Lane {
                label: law::class(model, &record.class, frame.lang),
                from: law::began(&record.verdict).unwrap_or(record.created),
                to: record.verdict.due.map(|due| due.at),
                rule: law::rule_named(model, &record.verdict.rule, frame.lang).unwrap_or_default(),
                held: matches!(stay, Stay::Consent { .. } | Stay::Held { .. }),
            }
        })
        .collect();
    (!lanes.is_empty()).then(|| Timeline {
        now: frame.app.engine.now(),
        zone: model.policy.zone.clone(),
        lang: frame.lang,
        lanes,
    })
}

pub(super) async fn withdraw(desk: Desk, Path(subject): Path<String>, fields: Fields) -> Response {
    let answer = record_withdrawal(&desk, &subject, &fields).await;
    desk.answer(answer).await
}

/// A person told the tenant that the consent is withdrawn; the tenant notes it here (Art. 7(3)).
async fn record_withdrawal(desk: &Desk, subject: &str, fields: &Fields) -> Result<Response, Failure> {
    desk.check(fields)?;
    let subject = id(subject)?;
    let consent = ConsentName::from(fields.get("consent"));
    let asked = desk.frame.model().consents.get(&consent).ok_or(ErrorKind::BadRequest(None))?;
    if subject == desk.tenant.account || !asked.audiences.contains(desk.audience()?) {
        return Err(ErrorKind::NotFound.into());
    }
    let engine = &desk.frame.app.engine;
    engine.withdraw(&desk.who.caller, desk.tenant.id, subject, &consent, desk.frame.lang).await?;
    Ok(see_other(&desk.frame.link(&format!("/client/shoppers/{subject}?done=withdrawn"))))
}
