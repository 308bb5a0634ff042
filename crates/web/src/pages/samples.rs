//! What only a demo has: invented products, a sample of every error, and the list of all pages for tests.

use axum::{
    Json,
    extract::Path,
    response::{IntoResponse, Response},
};
use obhut_core::{
    change::TenantState,
    id::{Anchor, TenantId},
    model::Lang,
};
use serde::Serialize;

use super::{
    failure::{self, Failure, by_notice},
    frame::{Frame, in_lang},
    law,
    words::pick,
};
use crate::{app::App, views::error::ErrorKind};

/// A product of an invented shop.
pub(super) struct Product {
    /// The reference of the configuration.
    pub id: &'static str,
    /// What the shop sells.
    pub tagline: String,
    /// Its name.
    pub name: String,
    /// What was chosen.
    pub options: Vec<(String, String)>,
    /// The price.
    pub price: String,
    /// The colour of the shop.
    pub accent: &'static str,
    /// The font of the shop.
    pub font: &'static str,
}

/// The product of a client of the demo; none outside a demo.
pub(super) fn product(app: &App, tenant: TenantId, lang: Lang) -> Option<Product> {
    let place = app.demo.as_ref()?.clients.iter().position(|client| client.tenant == tenant)?;
    let say = |de, en| pick(lang, de, en).to_owned();
    Some(if place.is_multiple_of(2) {
        Product {
            id: "werkbank-2481",
            tagline: say("Fahrräder und Werkbänke nach Maß", "Bicycles and workbenches made to measure"),
            name: say("Werkbank „Linde“", "“Linde” workbench"),
            options: vec![
                (say("Platte", "Top"), say("Linde, 160 × 80 cm", "lime, 160 × 80 cm")),
                (say("Oberfläche", "Finish"), say("geölt", "oiled")),
                (say("Schublade", "Drawer"), say("eine, mittig", "one, in the middle")),
            ],
            price: say("840 €", "€840"),
            accent: "7a3b12",
            font: "Georgia",
        }
    } else {
        Product {
            id: "kuechentisch-1702",
            tagline: say("Küchen und Tische nach Maß", "Kitchens and tables made to measure"),
            name: say("Küchentisch „Ahorn“", "“Ahorn” kitchen table"),
            options: vec![
                (say("Platte", "Top"), say("Ahorn, 180 × 90 cm", "maple, 180 × 90 cm")),
                (say("Oberfläche", "Finish"), say("gewachst", "waxed")),
                (say("Schublade", "Drawer"), say("eine, mittig", "one, in the middle")),
            ],
            price: say("1.120 €", "€1,120"),
            accent: "0b5d3b",
            font: "system-ui",
        }
    })
}

/// A sample of an error page, with its status.
pub(super) async fn error(frame: Frame, Path(kind): Path<String>) -> Response {
    if frame.app.demo.is_none() {
        return failure::page(&frame, ErrorKind::NotFound, None).await;
    }
    let failure: Failure = match kind.as_str() {
        "400" => ErrorKind::BadRequest(None).into(),
        "403" => by_notice(&frame, [Anchor::of("notice", "access")]).into(),
        "409" => ErrorKind::Changed.into(),
        "410" => Failure::Ended,
        "429" => ErrorKind::TooMany.into(),
        "500" => ErrorKind::Internal { reference: "err-0123456789".into() }.into(),
        "logged-out" => ErrorKind::LoggedOut.into(),
        _ => ErrorKind::NotFound.into(),
    };
    failure.response(&frame).await
}

/// A page worth testing.
#[derive(Debug, Serialize)]
struct Sample {
    path: String,
    name: String,
    lang: &'static str,
    /// The status it answers with, if that is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// How to log in, where the page needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    login: Option<SampleLogIn>,
}

/// Where to log in, and with what.
#[derive(Debug, Clone, Serialize)]
struct SampleLogIn {
    path: String,
    key: String,
}

/// The kinds of errors that have a sample, with their status.
const ERRORS: [(&str, u16); 8] = [
    ("400", 400),
    ("403", 403),
    ("404", 404),
    ("409", 409),
    ("410", 410),
    ("429", 429),
    ("500", 500),
    ("logged-out", 403),
];

/// All pages worth testing, in both languages.
pub(super) async fn pages(frame: Frame) -> Response {
    let answer = list(&frame).await.map(|pages| Json(pages).into_response());
    frame.answer(answer).await
}

async fn list(frame: &Frame) -> Result<Vec<Sample>, Failure> {
    let demo = frame.app.demo.as_ref().ok_or(ErrorKind::NotFound)?;
    let model = frame.model();
    let store = frame.app.engine.store();
    let mut public: Vec<(String, String)> = vec![
        ("/".into(), "start".into()),
        ("/status".into(), "status".into()),
        ("/versions".into(), "versions".into()),
        ("/client/login".into(), "login".into()),
    ];
    public.extend(model.audiences.keys().map(|audience| (format!("/notice/{audience}"), format!("notice-{audience}"))));
    public.extend(ERRORS.map(|(kind, _)| (format!("/demo/errors/{kind}"), format!("error-{kind}"))));
    let mut behind: Vec<(String, String)> = Vec::new();
    let mut key = None;
    for client in &demo.clients {
        let found = store.tenant(client.tenant).await?;
        if found.is_none_or(|tenant| tenant.state != TenantState::Active) {
            continue;
        }
        key = Some(client.key.clone());
        let tenant = client.tenant;
        public.push((format!("/demo/shop/{tenant}"), "shop".into()));
        public.push((format!("/embed/{tenant}/order"), "purchase-form".into()));
        for (path, name) in [("/client/", "shoppers"), ("/client/receipts", "receipts"), ("/client/end", "end")] {
            behind.push((path.into(), name.into()));
        }
        if let Some(audience) = law::shoppers(model) {
            public.push((format!("/notice/{audience}?tenant={tenant}"), "notice-of-client".into()));
            if let Some(first) = store.subjects(tenant, audience, None, 1).await?.first() {
                let path = format!("/client/shoppers/{}", first.subject.id);
                behind.push((format!("{path}/delete"), "delete".into()));
                behind.push((path, "shopper".into()));
            }
        }
        if let Some(receipt) = store.receipts(tenant, jiff::Timestamp::MIN, 1).await?.first() {
            behind.push((format!("/client/receipts/{}", receipt.id), "receipt".into()));
        }
        break;
    }
    let mut pages = Vec::new();
    for lang in Lang::ALL {
        let sample = |(path, name): &(String, String), key: Option<String>| Sample {
            path: in_lang(path, lang),
            name: name.clone(),
            lang: lang.tag(),
            status: ERRORS
                .iter()
                .find(|(kind, _)| name.strip_prefix("error-") == Some(*kind))
                .map(|(_, status)| *status),
            login: key.map(|key| SampleLogIn { path: in_lang("/client/login", lang), key }),
        };
        pages.extend(public.iter().map(|page| sample(page, None)));
        pages.extend(behind.iter().map(|page| sample(page, key.clone())));
    }
    Ok(pages)
}
