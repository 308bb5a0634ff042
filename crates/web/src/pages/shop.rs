//! `GET /demo/shop/{tenant}`: the invented shop of an invented client, with the form in a frame.

use axum::{extract::Path, response::Response};
use obhut_core::{change::TenantState, id::TenantId};

use super::{
    failure::Failure,
    frame::{Frame, html, in_lang},
    samples,
};
use crate::views::{error::ErrorKind, shop::ShopPage};

pub(super) async fn show(frame: Frame, Path(tenant): Path<String>) -> Response {
    let answer = page(&frame, &tenant).await;
    frame.answer(answer).await
}

async fn page(frame: &Frame, tenant: &str) -> Result<Response, Failure> {
    let id: TenantId = tenant.parse().map_err(|_| ErrorKind::NotFound)?;
    let product = samples::product(&frame.app, id, frame.lang).ok_or(ErrorKind::NotFound)?;
    let found = frame.app.engine.store().tenant(id).await?.ok_or(ErrorKind::NotFound)?;
    if found.state != TenantState::Active {
        return Err(Failure::Ended);
    }
    let form =
        format!("/embed/{id}/order?configuration={}&accent={}&font={}", product.id, product.accent, product.font);
    html(&ShopPage {
        page: frame.page(found.name.clone()).await,
        shop: found.name,
        tagline: product.tagline,
        product: product.name,
        options: product.options,
        price: product.price,
        form: in_lang(&form, frame.lang),
    })
}
