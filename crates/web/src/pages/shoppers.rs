//! `/client/`: the list of the tenant's people, and the search.

use std::collections::BTreeMap;

use axum::response::Response;
use jiff::Timestamp;
use obhut_core::{
    id::{AudienceName, FieldName, SubjectId},
    model::ExportFormat,
};
use obhut_engine::read::{Opened, Person};

use super::{
    desk::{Desk, ROWS, Section},
    failure::Failure,
    fields::Fields,
    frame::{Frame, html, see_other},
    law,
};
use crate::views::{
    Link, Moment, Paging,
    error::ErrorKind,
    shoppers::{ShopperList, ShopperRow, Stay},
};

pub(super) async fn home(frame: Frame) -> Response {
    see_other(&frame.link("/client/"))
}

pub(super) async fn show(desk: Desk) -> Response {
    let answer = list(&desk).await;
    desk.answer(answer).await
}

async fn list(desk: &Desk) -> Result<Response, Failure> {
    let engine = &desk.frame.app.engine;
    let audience = desk.audience()?;
    let number = desk.frame.page_number();
    let after = last_before(desk, audience, (number - 1) * ROWS).await?;
    let people = engine.list(&desk.who.caller, desk.tenant.id, audience, &desk.purposes()?, after, ROWS).await?;
    let total = engine.store().count_subjects(desk.tenant.id, audience).await?;
    let rows: Vec<_> = people.iter().map(|person| row(desk, audience, person)).collect();
    let paging = paging(&desk.frame, "/client/", rows.len(), total);
    html(&view(desk, audience, rows, paging, None).await)
}

/// The last of the first `count` people: the list goes on after this one.
async fn last_before(desk: &Desk, audience: &AudienceName, count: usize) -> Result<Option<SubjectId>, Failure> {
    let store = desk.frame.app.engine.store();
    let mut after = None;
    let mut left = count;
    while left > 0 {
        let page = store.subjects(desk.tenant.id, audience, after, left.min(500)).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.subject.id);
        left -= page.len().min(left);
    }
    Ok(after)
}

/// Where a page of a list stands.
pub(super) fn paging(frame: &Frame, path: &str, shown: usize, total: u64) -> Paging {
    let number = frame.page_number();
    let before = u64::try_from((number - 1) * ROWS).unwrap_or(0);
    let shown = u64::try_from(shown).unwrap_or(0);
    let to = |number: usize| frame.link(&format!("{path}?page={number}"));
    Paging {
        first: if shown == 0 { 0 } else { before + 1 },
        last: if shown == 0 { 0 } else { before + shown },
        total,
        previous: (number > 1).then(|| to(number - 1)),
        next: (before + shown < total && shown > 0).then(|| to(number + 1)),
    }
}

async fn view(
    desk: &Desk,
    audience: &AudienceName,
    rows: Vec<ShopperRow>,
    paging: Paging,
    sought: Option<String>,
) -> ShopperList {
    let (frame, model) = (&desk.frame, desk.frame.model());
    let retention = law::main_class(model, audience).and_then(|class| law::retention(model, class));
    ShopperList {
        page: desk.page(frame.t().title_shoppers(), Some(Section::Shoppers)).await,
        client: desk.tenant.name.clone(),
        token: desk.token(),
        search: frame.link("/client/find"),
        sought,
        all: frame.link("/client/"),
        rows,
        paging,
        rule: retention.map_or_else(String::new, |(_, retention)| law::rule(model, retention, frame.lang)),
        files: files(&model.export.formats, "/client/download"),
    }
}

/// The links to a download in every format that the policy names.
pub(super) fn files(formats: &[ExportFormat], path: &str) -> Vec<Link> {
    formats
        .iter()
        .map(|format| match format {
            ExportFormat::Json => Link::new(format!("{path}.json"), "JSON"),
            ExportFormat::Csv => Link::new(format!("{path}.csv"), "CSV"),
        })
        .collect()
}

fn row(desk: &Desk, audience: &AudienceName, person: &Person) -> ShopperRow {
    let (frame, model) = (&desk.frame, desk.frame.model());
    let main = law::main_class(model, audience);
    let closed = || format!("– ({})", frame.t().not_readable());
    let orders = person.records.iter().filter(|record| Some(&record.class) == main).count();
    let moved = main.and_then(|class| law::moving_event(model, class));
    let last = moved.and_then(|event| law::last(&person.occurrences, event, frame.app.engine.now()));
    ShopperRow {
        href: frame.link(&format!("/client/shoppers/{}", person.subject.id)),
        name: person.value("name").map_or_else(closed, str::to_owned),
        email: person.value("email").unwrap_or_default().to_owned(),
        last: last.map(|at| Moment::short(at, &model.policy.zone, frame.lang)),
        stay: stay(desk, person),
        orders: u64::try_from(orders).unwrap_or(0),
        fresh: false,
    }
}

/// Until when a person stays: what is said of the record that goes last.
pub(super) fn stay(desk: &Desk, person: &Person) -> Stay {
    if person.subject.restricted {
        return Stay::Restricted;
    }
    let goes = |record: &&Opened| record.verdict.due.map_or(Timestamp::MAX, |due| due.at);
    let last = person.records.iter().max_by_key(goes);
    last.map_or(Stay::Open, |record| law::stay(desk.frame.model(), &record.verdict, desk.frame.lang))
}

/// The field by which a person of the audience is found.
pub(super) fn identity(desk: &Desk) -> Result<FieldName, Failure> {
    let model = desk.frame.model();
    let class = law::main_class(model, desk.audience()?).and_then(|class| model.data.get(class));
    class.and_then(|class| class.identity.clone()).ok_or_else(|| ErrorKind::NotFound.into())
}

pub(super) async fn find(desk: Desk, fields: Fields) -> Response {
    let answer = search(&desk, &fields).await;
    desk.answer(answer).await
}

async fn search(desk: &Desk, fields: &Fields) -> Result<Response, Failure> {
    desk.check(fields)?;
    let sought = fields.get("email");
    if sought.is_empty() {
        return Ok(see_other(&desk.frame.link("/client/")));
    }
    let field = identity(desk)?;
    let engine = &desk.frame.app.engine;
    let found = engine.find(&desk.who.caller, desk.tenant.id, &field, sought).await?;
    if let Some(subject) = found {
        return Ok(see_other(&desk.frame.link(&format!("/client/shoppers/{subject}"))));
    }
    html(&view(desk, desk.audience()?, Vec::new(), Paging::default(), Some(sought.to_owned())).await)
}

/// How many records of each class a person has, in the order of the policy.
pub(super) fn by_class<'a>(
    desk: &Desk,
    classes: impl IntoIterator<Item = &'a obhut_core::id::ClassName>,
) -> Vec<(&'a obhut_core::id::ClassName, u64)> {
    let mut counts: BTreeMap<usize, (&obhut_core::id::ClassName, u64)> = BTreeMap::new();
    for class in classes {
        let place = desk.frame.model().data.get_index_of(class).unwrap_or(usize::MAX);
        counts.entry(place).or_insert((class, 0)).1 += 1;
    }
    counts.into_values().collect()
}
