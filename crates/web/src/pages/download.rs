//! `/client/…download.{json,csv}`: data as files, for the purposes that the policy marks as handing over.

use axum::{
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
};
use obhut_core::model::ExportFormat;
use obhut_engine::export::Scope;

use super::{desk::Desk, failure::Failure, shopper::id};
use crate::views::error::ErrorKind;

/// The list of the tenant's people.
pub(super) async fn shoppers(desk: Desk, Path(file): Path<String>) -> Response {
    let answer = match desk.audience() {
        Ok(audience) => download(&desk, &Scope::Audience(audience.clone()), &file).await,
        Err(failure) => Err(failure),
    };
    desk.answer(answer).await
}

/// One person.
pub(super) async fn shopper(desk: Desk, Path((subject, file)): Path<(String, String)>) -> Response {
    let answer = match id(&subject) {
        Ok(subject) => download(&desk, &Scope::Person(subject), &file).await,
        Err(failure) => Err(failure),
    };
    desk.answer(answer).await
}

/// The tenant's own data.
pub(super) async fn account(desk: Desk, Path(file): Path<String>) -> Response {
    let answer = download(&desk, &Scope::Person(desk.tenant.account), &file).await;
    desk.answer(answer).await
}

async fn download(desk: &Desk, scope: &Scope, file: &str) -> Result<Response, Failure> {
    let format = match file {
        "download.json" => ExportFormat::Json,
        "download.csv" => ExportFormat::Csv,
        _ => return Err(ErrorKind::NotFound.into()),
    };
    if !desk.frame.model().export.formats.contains(&format) {
        return Err(ErrorKind::NotFound.into());
    }
    let export = desk.frame.app.engine.export(&desk.who.caller, desk.tenant.id, scope, format).await?;
    let name = format!("attachment; filename=\"{}\"", export.file_name);
    let headers = [(header::CONTENT_TYPE, export.media_type.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, export.content).into_response())
}
