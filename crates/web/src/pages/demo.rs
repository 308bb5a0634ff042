//! `POST /demo/clock`: moves the clock of the demo, lets everything happen on the way, and notes what changed.

use std::sync::{Arc, PoisonError};

use axum::response::Response;
use jiff::{Timestamp, ToSpan};
use obhut_core::{
    change::{Cause, TenantState},
    id::TenantId,
    model::Lang,
    retention::Standing,
};
use obhut_engine::{Dossier, Error};

use super::{
    failure::Failure,
    fields::Fields,
    frame::{Frame, see_other},
    law,
};
use crate::{
    app::{App, Demo},
    views::error::ErrorKind,
};

pub(super) async fn clock(frame: Frame, fields: Fields) -> Response {
    let answer = advance(&frame, &fields).await;
    frame.answer(answer).await
}

async fn advance(frame: &Frame, fields: &Fields) -> Result<Response, Failure> {
    let app = &frame.app;
    let demo = app.demo.as_ref().ok_or(ErrorKind::NotFound)?;
    let asked = if fields.get("to").is_empty() { fields.get("day") } else { fields.get("to") };
    let now = app.engine.now();
    let days = |days: i64| now.checked_add((days * 24).hours()).unwrap_or(now);
    let target = match asked {
        "1d" | "1" => Some(days(1)),
        "14d" | "14" => Some(days(14)),
        "next" => {
            let due = app.engine.store().next_due().await?;
            due.map(|due| app.engine.sweep_at_or_after(due.max(now)))
        }
        _ => return Err(ErrorKind::BadRequest(None).into()),
    };
    if let Some(target) = target {
        let before = Census::of(app, demo).await?;
        app.engine.play(&demo.clock, target).await?;
        let after = Census::of(app, demo).await?;
        let lines = before.changes(&after, frame.lang);
        *demo.changed.lock().unwrap_or_else(PoisonError::into_inner) = lines;
        app.board.look(&app.engine, &app.promises, &app.checks).await?;
    }
    Ok(see_other(back(fields.get("back"))))
}

/// Where the reader came from, if that is a page of ours.
fn back(path: &str) -> &str {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours { path } else { "/" }
}

/// Who is there, per client.
struct Census(Vec<Count>);

struct Count {
    tenant: TenantId,
    name: String,
    active: bool,
    /// Erased because a period ended.
    by_rule: u64,
    /// Erased for another reason.
    otherwise: u64,
    /// People whose period is over and whom only their consent keeps.
    on_consent: u64,
}

impl Census {
    async fn of(app: &Arc<App>, demo: &Demo) -> Result<Self, Error> {
        let mut counts = Vec::new();
        for client in &demo.clients {
            let store = app.engine.store();
            let found = store.tenant(client.tenant).await?;
            let receipts = store.receipts(client.tenant, Timestamp::MIN, usize::MAX).await?;
            let by_rule = receipts.iter().filter(|receipt| receipt.cause == Cause::Retention).count();
            counts.push(Count {
                tenant: client.tenant,
                name: client.name.clone(),
                active: found.is_some_and(|tenant| tenant.state == TenantState::Active),
                by_rule: u64::try_from(by_rule).unwrap_or(0),
                otherwise: u64::try_from(receipts.len() - by_rule).unwrap_or(0),
                on_consent: on_consent(app, client.tenant).await?,
            });
        }
        Ok(Self(counts))
    }

    fn changes(&self, after: &Self, lang: Lang) -> Vec<String> {
        let mut lines = Vec::new();
        for (old, new) in self.0.iter().zip(&after.0).filter(|(old, new)| old.tenant == new.tenant) {
            let gone = new.by_rule.saturating_sub(old.by_rule);
            let stayed = new.on_consent.saturating_sub(old.on_consent);
            let name = &new.name;
            match (gone, lang) {
                (0, _) => {}
                (1, Lang::De) => lines.push(format!("{name}: 1 Person nach der Frist gelöscht, 1 Beleg geschrieben.")),
                (1, Lang::En) => {
                    lines.push(format!("{name}: 1 person erased when the period ended, 1 receipt written."));
                }
                (_, Lang::De) => {
                    lines.push(format!("{name}: {gone} Personen nach der Frist gelöscht, {gone} Belege geschrieben."));
                }
                (_, Lang::En) => {
                    lines.push(format!("{name}: {gone} people erased when the period ended, {gone} receipts written."));
                }
            }
            match (stayed, lang) {
                (0, _) => {}
                (1, Lang::De) => lines.push(format!("{name}: 1 Person bleibt, weil sie eingewilligt hat.")),
                (1, Lang::En) => lines.push(format!("{name}: 1 person stays because of consent.")),
                (_, Lang::De) => lines.push(format!("{name}: {stayed} Personen bleiben, weil sie eingewilligt haben.")),
                (_, Lang::En) => lines.push(format!("{name}: {stayed} people stay because they consented.")),
            }
            if old.active && !new.active {
                lines.push(match lang {
                    Lang::De => format!("{name}: Mitgliedschaft beendet."),
                    Lang::En => format!("{name}: membership ended."),
                });
            }
            let other = new.otherwise.saturating_sub(old.otherwise);
            match (other, lang) {
                (0, _) => {}
                (_, Lang::De) => lines.push(format!("{name}: {other} weitere Löschungen.")),
                (_, Lang::En) => lines.push(format!("{name}: {other} other erasures.")),
            }
        }
        if lines.is_empty() {
            lines.push(match lang {
                Lang::De => "Die Uhr wurde vorgestellt; fällig war nichts.".to_owned(),
                Lang::En => "The clock was moved; nothing was due.".to_owned(),
            });
        }
        lines
    }
}

async fn on_consent(app: &Arc<App>, tenant: TenantId) -> Result<u64, Error> {
    let model = app.engine.model();
    let Some(audience) = law::shoppers(model) else { return Ok(0) };
    let now = app.engine.now();
    let mut count = 0;
    let mut after = None;
    loop {
        let page = app.engine.store().subjects(tenant, audience, after, 500).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = Some(last.subject.id);
        for snapshot in page {
            let dossier = Dossier::new(model, snapshot);
            let kept = dossier.snapshot.records.iter().any(|record| {
                dossier
                    .verdict(record, now)
                    .is_some_and(|verdict| matches!(verdict.standing, Standing::OnConsent { .. }))
            });
            count += u64::from(kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::back;

    #[test]
    fn only_our_own_pages_are_returned_to() {
        assert_eq!(back("/client/?page=2&lang=en"), "/client/?page=2&lang=en");
        for foreign in ["", "https://example.org", "//example.org", "/\\example.org", "/a b", "/a\r\nx"] {
            assert_eq!(back(foreign), "/", "{foreign}");
        }
    }
}
