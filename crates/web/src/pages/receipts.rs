//! `/client/receipts`: the proofs that something was erased.

use axum::{extract::Path, response::Response};
use jiff::Timestamp;
use obhut_core::{change::Receipt, id::ReceiptId};

use super::{
    desk::{Desk, ROWS, Section},
    failure::Failure,
    frame::html,
    law,
    shoppers::paging,
    words::pick,
};
use crate::views::{
    Moment,
    error::ErrorKind,
    receipt::ReceiptPage,
    receipts::{ReceiptList, ReceiptRow},
};

pub(super) async fn list(desk: Desk) -> Response {
    let answer = rows(&desk).await;
    desk.answer(answer).await
}

async fn all(desk: &Desk) -> Result<Vec<Receipt>, Failure> {
    Ok(desk.frame.app.engine.store().receipts(desk.tenant.id, Timestamp::MIN, usize::MAX).await?)
}

async fn rows(desk: &Desk) -> Result<Response, Failure> {
    let receipts = all(desk).await?;
    let skipped = (desk.frame.page_number() - 1) * ROWS;
    let rows: Vec<_> = receipts.iter().rev().skip(skipped).take(ROWS).map(|receipt| row(desk, receipt)).collect();
    let total = u64::try_from(receipts.len()).unwrap_or(0);
    html(&ReceiptList {
        page: desk.page(desk.frame.t().title_receipts(), Some(Section::Receipts)).await,
        client: desk.tenant.name.clone(),
        paging: paging(&desk.frame, "/client/receipts", rows.len(), total),
        rows,
    })
}

/// A receipt in a list.
pub(super) fn row(desk: &Desk, receipt: &Receipt) -> ReceiptRow {
    let (frame, model) = (&desk.frame, desk.frame.model());
    ReceiptRow {
        href: frame.link(&format!("/client/receipts/{}", receipt.id)),
        number: short(&receipt.id),
        at: Moment::short(receipt.at, &model.policy.zone, frame.lang),
        cause: receipt.cause,
        what: law::classes(model, &receipt.classes, frame.lang).join("; "),
        records: receipt.records,
        cascaded: receipt.cascaded,
        fresh: false,
    }
}

/// The end of a number: the beginning is the time, which stands beside it.
fn short(id: &ReceiptId) -> String {
    let text = id.to_string();
    format!("…{}", text.get(text.len().saturating_sub(8)..).unwrap_or(&text))
}

pub(super) async fn show(desk: Desk, Path(receipt): Path<String>) -> Response {
    let answer = one(&desk, &receipt).await;
    desk.answer(answer).await
}

async fn one(desk: &Desk, receipt: &str) -> Result<Response, Failure> {
    let id: ReceiptId = receipt.parse().map_err(|_| ErrorKind::NotFound)?;
    let receipts = all(desk).await?;
    let receipt = receipts.iter().find(|receipt| receipt.id == id).ok_or(ErrorKind::NotFound)?;
    let mut view = page(desk, receipt).await;
    if desk.frame.param("done") == Some("erased") {
        let done = pick(desk.frame.lang, "Gelöscht. Das ist der Beleg.", "Erased. This is the receipt.");
        view.page.flash = Some(done.to_owned());
    }
    html(&view)
}

/// A receipt as a page.
pub(super) async fn page(desk: &Desk, receipt: &Receipt) -> ReceiptPage {
    let (frame, model) = (&desk.frame, desk.frame.model());
    ReceiptPage {
        page: desk.page(frame.t().title_receipt(), Some(Section::Receipts)).await,
        number: receipt.id.to_string(),
        controller: desk.tenant.name.clone(),
        operator: model.controller.name.clone(),
        at: Moment::minute(receipt.at, &model.policy.zone, frame.lang),
        cause: receipt.cause,
        action: receipt.action,
        rule: receipt.rule.as_ref().and_then(|rule| law::rule_named(model, rule, frame.lang)),
        subject: receipt.subject.to_string(),
        classes: law::classes(model, &receipt.classes, frame.lang),
        records: receipt.records,
        cascaded: receipt.cascaded,
        version: model.policy.version.clone(),
        hash: model.policy.hash.to_string(),
        back: Some(frame.link("/client/receipts")),
    }
}
