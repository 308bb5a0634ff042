//! `/client/end`: the end of a membership, and everything that goes with it.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::Timestamp;
use obhut_core::{
    id::{Anchor, RetentionName},
    model::{Model, Relation, Retention},
};
use obhut_engine::credentials::login_cookie;
use obhut_policy::notice::Notice;

use super::{
    cookie,
    desk::{Desk, Section, private},
    failure::Failure,
    fields::Fields,
    frame::{html, html_with},
    law, receipts,
    shoppers::{by_class, files},
    words::{capital, pick},
};
use crate::views::{PlanLine, end_membership::EndMembership, error::ErrorKind};

pub(super) async fn ask(desk: Desk) -> Response {
    let answer = question(&desk).await;
    desk.answer(answer).await
}

async fn question(desk: &Desk) -> Result<Response, Failure> {
    html(&view(desk, None).await?)
}

/// The rules that the end of a membership sets off.
fn rules(model: &Model) -> impl Iterator<Item = (&RetentionName, &Retention)> {
    let end = model.tenant_end();
    model.retentions.iter().filter(move |(_, retention)| {
        let starts = |event| Some(event) == end;
        retention.stages.iter().flat_map(|stage| stage.rule.events()).any(|(event, _)| starts(event))
    })
}

async fn view(desk: &Desk, problem: Option<String>) -> Result<EndMembership, Failure> {
    let (frame, model) = (&desk.frame, desk.frame.model());
    let lang = frame.lang;
    let store = frame.app.engine.store();
    let notice = law::clients(model).and_then(|audience| Notice::of(model, audience, lang));
    let sentences =
        rules(model).filter_map(|(name, _)| notice.as_ref()?.sentence(&Anchor::of("retain", name.as_str())));
    let mut goes = Vec::new();
    let erased = pick(lang, "alle Daten gelöscht, Schlüssel vernichtet", "all data erased, keys destroyed").to_owned();
    for (name, audience) in model.audiences.iter().filter(|(_, a)| a.relation == Relation::SubjectOfTenant) {
        goes.push(PlanLine {
            what: capital(audience.label.get(lang)),
            count: store.count_subjects(desk.tenant.id, name).await?,
            note: erased.clone(),
        });
    }
    let account = store.subject(desk.tenant.id, desk.tenant.account).await?.ok_or(ErrorKind::NotFound)?;
    let mut stays = Vec::new();
    for (class, count) in by_class(desk, account.records.iter().map(|record| &record.class)) {
        let what = law::class(model, class, lang);
        let retention = law::retention(model, class);
        if retention.is_some_and(|(name, _)| rules(model).any(|(rule, _)| rule == name)) {
            goes.push(PlanLine { what, count, note: erased.clone() });
        } else {
            let note = retention.map_or_else(String::new, |(_, retention)| law::rule(model, retention, lang));
            stays.push(PlanLine { what, count, note });
        }
    }
    let own = pick(lang, "Eigene Daten", "Own data");
    let people = law::shoppers(model).and_then(|audience| model.audiences.get(audience));
    let people = people.map_or_else(String::new, |audience| capital(audience.label.get(lang)));
    let mut downloads = Vec::new();
    for (path, label) in [("/client/account/download", own), ("/client/download", people.as_str())] {
        downloads.extend(files(&model.export.formats, path).into_iter().map(|mut link| {
            link.label = format!("{label} ({})", link.label);
            link
        }));
    }
    Ok(EndMembership {
        page: desk.page(frame.t().title_end(), Some(Section::Membership)).await,
        action: frame.link("/client/end"),
        token: desk.token(),
        client: desk.tenant.name.clone(),
        rules: sentences.collect(),
        goes,
        stays,
        files: downloads,
        word: desk.tenant.name.clone(),
        problem,
        back: frame.link("/client/"),
    })
}

pub(super) async fn finish(desk: Desk, fields: Fields) -> Response {
    let answer = confirmed(&desk, &fields).await;
    let ended = answer.is_ok();
    let mut response = if ended { desk.frame.answer(answer).await } else { desk.answer(answer).await };
    private(&mut response);
    response
}

async fn confirmed(desk: &Desk, fields: &Fields) -> Result<Response, Failure> {
    desk.check(fields)?;
    if fields.get("confirm") != desk.tenant.name.trim() {
        let problem = Some(desk.frame.t().p_confirm().to_owned());
        return html_with(StatusCode::UNPROCESSABLE_ENTITY, &view(desk, problem).await?);
    }
    let engine = &desk.frame.app.engine;
    engine.end_tenant(&desk.who.caller, desk.tenant.id).await?;
    // The log-in ended with the membership: the receipt is shown now or never.
    let receipts = engine.store().receipts(desk.tenant.id, Timestamp::MIN, usize::MAX).await?;
    let own = receipts.iter().rev().find(|receipt| receipt.subject == desk.tenant.account);
    let receipt = own.ok_or(ErrorKind::NotFound)?;
    let mut view = receipts::page(desk, receipt).await;
    view.page.nav = Vec::new();
    view.page.leave = None;
    view.page.home = Some(desk.frame.link("/"));
    view.back = None;
    let done = pick(
        desk.frame.lang,
        "Ihre Mitgliedschaft ist beendet, alle Daten sind gelöscht. Bewahren Sie diesen Beleg auf: Sie können sich \
         nicht mehr anmelden.",
        "Your membership has ended and all data have been erased. Keep this receipt: you can no longer log in.",
    );
    view.page.flash = Some(done.to_owned());
    let mut response = html(&view)?;
    let name = login_cookie(desk.frame.model()).map(|cookie| cookie.name.as_str());
    let sent = name.filter(|name| cookie::value(&desk.frame.headers, name).is_some());
    let cleared: Option<HeaderValue> = sent.and_then(|name| cookie::clear(name, desk.frame.https));
    if let Some(cleared) = cleared {
        response.headers_mut().insert(header::SET_COOKIE, cleared);
    }
    Ok(response)
}
