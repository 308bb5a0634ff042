//! `/client/shoppers/{id}/delete`: the plan of an erasure, its confirmation, and the receipt.

use axum::{extract::Path, http::StatusCode, response::Response};
use obhut_core::{id::SubjectId, retention::stays_on_request};
use obhut_engine::{Dossier, Error, read::Person};

use super::{
    desk::{Desk, Section},
    failure::Failure,
    fields::Fields,
    frame::{html, html_with, see_other},
    law,
    shopper::{id, open},
    shoppers::by_class,
    words::pick,
};
use crate::views::{PlanLine, delete_shopper::DeleteShopper, error::ErrorKind};

pub(super) async fn ask(desk: Desk, Path(subject): Path<String>) -> Response {
    let answer = question(&desk, &subject).await;
    desk.answer(answer).await
}

async fn question(desk: &Desk, subject: &str) -> Result<Response, Failure> {
    let subject = id(subject)?;
    html(&view(desk, subject, None).await?)
}

/// The person, unless nothing of it may be read: who may erase need not be able to read.
async fn readable(desk: &Desk, subject: SubjectId) -> Result<Option<Person>, Failure> {
    match open(desk, subject).await {
        Ok(person) => Ok(Some(person)),
        Err(Failure::Engine(Error::Refused(_))) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What has to be typed: the address of the person; where it cannot be read, a word.
fn word(desk: &Desk, person: Option<&Person>) -> String {
    let address = person.and_then(|person| person.value("email"));
    address.map_or_else(|| pick(desk.frame.lang, "löschen", "erase").to_owned(), str::to_owned)
}

async fn view(desk: &Desk, subject: SubjectId, problem: Option<String>) -> Result<DeleteShopper, Failure> {
    let (frame, model) = (&desk.frame, desk.frame.model());
    let person = readable(desk, subject).await?;
    let snapshot = frame.app.engine.store().subject(desk.tenant.id, subject).await?.ok_or(ErrorKind::NotFound)?;
    let now = frame.app.engine.now();
    let dossier = Dossier::new(model, snapshot);
    let (stay, go): (Vec<_>, Vec<_>) = dossier
        .snapshot
        .records
        .iter()
        .partition(|record| stays_on_request(model, &record.class, &dossier.holds(record.id), now));
    let erased = pick(frame.lang, "Schlüssel vernichtet, Datensätze entfernt", "key destroyed, records removed");
    let goes = by_class(desk, go.iter().map(|record| &record.class)).into_iter().map(|(class, count)| PlanLine {
        what: law::class(model, class, frame.lang),
        count,
        note: erased.to_owned(),
    });
    let mut stays: Vec<_> = by_class(desk, stay.iter().map(|record| &record.class))
        .into_iter()
        .map(|(class, count)| PlanLine {
            what: law::class(model, class, frame.lang),
            count,
            note: law::retention(model, class)
                .map_or_else(String::new, |(_, retention)| law::rule(model, retention, frame.lang)),
        })
        .collect();
    stays.push(PlanLine {
        what: frame.t().title_receipt().to_owned(),
        count: 1,
        note: pick(frame.lang, "enthält keine Daten der Person", "holds no data of the person").to_owned(),
    });
    let here = format!("/client/shoppers/{subject}");
    let value = |field| person.as_ref().and_then(|person| person.value(field)).unwrap_or_default().to_owned();
    Ok(DeleteShopper {
        page: desk.page(frame.t().title_delete(), Some(Section::Shoppers)).await,
        action: frame.link(&format!("{here}/delete")),
        token: desk.token(),
        name: value("name"),
        email: value("email"),
        goes: goes.collect(),
        stays,
        word: word(desk, person.as_ref()),
        problem,
        back: frame.link(&here),
    })
}

pub(super) async fn erase(desk: Desk, Path(subject): Path<String>, fields: Fields) -> Response {
    let answer = confirmed(&desk, &subject, &fields).await;
    desk.answer(answer).await
}

async fn confirmed(desk: &Desk, subject: &str, fields: &Fields) -> Result<Response, Failure> {
    desk.check(fields)?;
    let subject = id(subject)?;
    let person = readable(desk, subject).await?;
    if fields.get("confirm").to_lowercase() != word(desk, person.as_ref()).to_lowercase() {
        let problem = Some(desk.frame.t().p_confirm().to_owned());
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &view(desk, subject, problem).await?);
    }
    let erasure = desk.frame.app.engine.erase(&desk.who.caller, desk.tenant.id, subject).await?;
    Ok(see_other(&desk.frame.link(&format!("/client/receipts/{}?done=erased", erasure.receipt.id))))
}
