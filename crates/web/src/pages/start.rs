//! `GET /`: the start page of the demo; of a real deployment the way to its notices.

use axum::response::Response;
use obhut_core::change::TenantState;

use super::{
    failure::Failure,
    frame::{Frame, html},
    law,
    ledger::{Ledger, count},
    samples,
    words::capital,
};
use crate::views::{
    Link,
    demo_start::{DemoClient, DemoStart},
    start::StartPage,
};

pub(super) async fn show(frame: Frame) -> Response {
    let answer = page(&frame).await;
    frame.answer(answer).await
}

async fn page(frame: &Frame) -> Result<Response, Failure> {
    let Some(demo) = &frame.app.demo else { return html(&plain(frame).await) };
    let model = frame.model();
    let audience = law::shoppers(model);
    let mut clients = Vec::new();
    for client in &demo.clients {
        let store = frame.app.engine.store();
        let found = store.tenant(client.tenant).await?;
        let shoppers = match audience {
            Some(audience) => store.count_subjects(client.tenant, audience).await?,
            None => 0,
        };
        let notice = audience.map(|audience| format!("/notice/{audience}?tenant={}", client.tenant));
        clients.push(DemoClient {
            name: client.name.clone(),
            sells: samples::product(&frame.app, client.tenant, frame.lang)
                .map_or_else(String::new, |product| product.tagline),
            shop: frame.link(&format!("/demo/shop/{}", client.tenant)),
            console: frame.link("/client/login"),
            notice: frame.link(&notice.unwrap_or_else(|| "/".into())),
            key: client.key.clone(),
            shoppers,
            ended: found.is_none_or(|tenant| tenant.state != TenantState::Active),
        });
    }
    html(&DemoStart {
        page: frame.page(frame.t().demo()).await,
        operator: model.controller.name.clone(),
        clients,
        notices: notices(frame),
        status: frame.link("/status"),
        standing: count(&Ledger::of(&frame.app, frame.lang).lines()),
    })
}

/// The start page of a real deployment.
async fn plain(frame: &Frame) -> StartPage {
    StartPage {
        page: frame.page(frame.model().controller.name.clone()).await,
        notices: notices(frame),
        status: frame.link("/status"),
        standing: count(&Ledger::of(&frame.app, frame.lang).lines()),
        console: frame.link("/client/login"),
    }
}

/// A link to the notice of each audience.
fn notices(frame: &Frame) -> Vec<Link> {
    frame
        .model()
        .audiences
        .iter()
        .map(|(name, audience)| {
            Link::new(frame.link(&format!("/notice/{name}")), capital(audience.label.get(frame.lang)))
        })
        .collect()
}
