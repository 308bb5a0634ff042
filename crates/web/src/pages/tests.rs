//! The pages as a browser uses them.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use jiff::ToSpan as _;
use obhut_core::{change::CredentialKind, clock::ManualClock, id::TenantId};
use obhut_engine::promises;
use obhut_store::SubjectSnapshot;

use crate::{
    App, Demo, DemoClient, router,
    testing::{Answer, Web},
};

/// A browser with the headers it sends by itself.
struct Browser<'a> {
    web: &'a Web,
    cookie: Option<String>,
    basic: Option<String>,
}

impl<'a> Browser<'a> {
    fn new(web: &'a Web) -> Self {
        Self { web, cookie: None, basic: None }
    }

    fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "obhut.example");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if let Some(basic) = &self.basic {
            request = request.header(header::AUTHORIZATION, format!("Basic {basic}"));
        }
        request
    }

    async fn get(&self, path: &str) -> Answer {
        self.web.send(self.request("GET", path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form of our own page. Because our pages ask for no referrer, a browser sends `Origin: null` (Fetch
    /// standard, "append a request Origin header").
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = self
            .request("POST", path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header(header::ORIGIN, "null");
        self.web.send(request.body(Body::from(fields.join("&"))).unwrap()).await
    }

    /// Logs in; the cookie is kept.
    async fn log_in(&mut self, key: &str, remember: bool) -> Answer {
        let mut fields = vec![("key", key)];
        if remember {
            fields.push(("consent", "remember-me"));
        }
        let answer = self.post("/client/login", &fields).await;
        self.cookie = answer.header("set-cookie").split(';').next().filter(|pair| !pair.is_empty()).map(str::to_owned);
        answer
    }

    async fn token(&self) -> String {
        value(&self.get("/client/").await.text, "token")
    }
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| format!("{text}%{byte:02X}"))
}

/// The value of a hidden field.
fn value(html: &str, name: &str) -> String {
    let (_, rest) =
        html.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name} in {html}"));
    rest.split('"').next().unwrap().to_owned()
}

fn order(tenant: TenantId) -> String {
    format!("/embed/{tenant}/order")
}

/// A complete form, some answers replaced.
fn complete<'a>(notice: &'a str, other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("notice", notice),
        ("lang", "de"),
        ("name", "Erika Beispiel"),
        ("address", "Ahornweg 7\r\n12345 Musterstadt"),
        ("phone", "030 5550123"),
        ("email", "erika@example.org"),
        ("payment_method", "invoice"),
        ("iban", ""),
        ("account_holder", ""),
    ];
    for (name, value) in other {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields
}

async fn people(web: &Web, tenant: TenantId) -> Vec<SubjectSnapshot> {
    web.app.engine.store().subjects(tenant, &"shopper".into(), None, 100).await.unwrap()
}

#[tokio::test]
async fn every_page_speaks_both_languages() {
    let web = Web::new().await;
    let (tenant, _) = web.tenant("Alpha GmbH").await;
    let browser = Browser::new(&web);
    for path in ["/", "/status", "/notice/shopper", "/client/login", "/nowhere", &order(tenant)] {
        let german = browser.get(path).await.text;
        assert!(german.contains("<html lang=\"de\">"), "{path}");
        let english = browser.get(&format!("{path}?lang=en")).await.text;
        assert!(english.contains("<html lang=\"en\">") && english != german, "{path}");
        let asked = browser.request("GET", path).header(header::ACCEPT_LANGUAGE, "en-GB, de;q=0.5");
        let asked = web.send(asked.body(Body::empty()).unwrap()).await.text;
        assert!(asked.contains("<html lang=\"en\">"), "{path}");
    }
}

#[tokio::test]
async fn what_a_page_loads_is_there() {
    let web = Web::new().await;
    let (tenant, _) = web.tenant("Alpha GmbH").await;
    let browser = Browser::new(&web);
    for path in ["/".to_owned(), format!("{}?accent=7a3b12&font=Gill%20Sans", order(tenant))] {
        let page = browser.get(&path).await.text;
        let loaded: Vec<_> = page.split("href=\"/assets/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(loaded.len() >= 2, "{path}");
        for asset in loaded {
            let answer = browser.get(&format!("/assets/{asset}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{asset}");
            assert!(!answer.header("content-type").starts_with("text/html"), "{asset}");
            assert!(answer.header("cache-control").starts_with("public"), "{asset}");
        }
    }
}

#[tokio::test]
async fn the_notice_carries_states_and_comes_in_other_forms() {
    let mut web = Web::new().await;
    let promises = promises::parse(include_str!("../../../../deployments/configurator/promises.toml")).unwrap();
    let app = App {
        engine: web.app.engine.clone(),
        promises,
        board: Arc::default(),
        checks: Vec::new(),
        log: web.log.clone(),
        demo: None,
    };
    web.router = router(Arc::new(app));
    let (tenant, _) = web.tenant("Alpha GmbH").await;
    let browser = Browser::new(&web);
    let notice = browser.get(&format!("/notice/shopper?tenant={tenant}&lang=de")).await.text;
    assert!(notice.contains("id=\"retain.shopper\"") && notice.contains("ist Alpha GmbH, unser Kunde"));
    assert!(notice.contains("state-unproven") && notice.contains("configurator-25 ·"));
    assert!(!browser.get("/notice/client?lang=de").await.text.contains("id=\"data.shopper-order\""));
    for (form, media) in [("md", "text/markdown"), ("json", "application/json"), ("html", "text/html")] {
        let answer = browser.get(&format!("/notice/shopper.{form}?lang=en")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header("content-type").starts_with(media));
        assert!(answer.header("content-disposition").contains(&format!("configurator-3.0-shopper-en.{form}")));
    }
    assert_eq!(browser.get("/notice/shopper.pdf").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/notice/nobody").await.status, StatusCode::NOT_FOUND);

    let status = browser.get("/status?lang=de").await.text;
    assert!(
        status.contains("id=\"configurator-25\"")
            && status.contains("href=\"/notice/client?lang=de#data.client-account\""),
        "{status}"
    );
    let json = browser.get("/status.json").await.json();
    assert_eq!(json.pointer("/unproven").and_then(serde_json::Value::as_u64), Some(42));
    assert_eq!(json.pointer("/policy/sha256").and_then(|hash| hash.as_str()), Some(web.notice().as_str()));
}

#[tokio::test]
async fn a_complete_form_is_stored_once_per_person() {
    let web = Web::new().await;
    let (tenant, _) = web.tenant("Alpha GmbH").await;
    let browser = Browser::new(&web);
    let shown = browser.get(&order(tenant)).await;
    let notice = value(&shown.text, "notice");
    assert_eq!(notice, web.notice());
    assert!(!shown.text.contains("checked") && shown.header("set-cookie").is_empty());

    let bank = [("iban", "DE89 3704 0044 0532 0130 00"), ("account_holder", "Erika Beispiel")];
    let done = browser.post(&order(tenant), &complete(&notice, &bank)).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert!(done.text.contains("Bestellnummer") && done.text.contains("16. März 2026"), "{}", done.text);
    assert!(done.header("location").is_empty() && done.header("set-cookie").is_empty());
    assert_eq!(done.header("cache-control"), "no-store");
    let stored = people(&web, tenant).await;
    let [person] = stored.as_slice() else { panic!("{stored:?}") };
    // Bank details entered beside an invoice are dropped before anything is stored.
    let [record] = person.records.as_slice() else { panic!("{person:?}") };
    assert_eq!((record.class.as_str(), record.origin.as_str()), ("shopper-order", "purchase-form"));
    assert_eq!(record.notice.to_string(), notice);
    assert!(person.consents.is_empty());
    let mut events: Vec<_> = person.occurrences.iter().map(|known| known.event.as_str()).collect();
    events.sort_unstable();
    assert_eq!(events, ["order.triggered", "shopper.activity"]);

    let again =
        [bank[0], bank[1], ("payment_method", "debit"), ("email", " ERIKA@example.org "), ("consent", "keep-my-data")];
    let done = browser.post(&order(tenant), &complete(&notice, &again)).await;
    assert!(done.text.contains("weil Sie eingewilligt haben"), "{}", done.text);
    let stored = people(&web, tenant).await;
    let [person] = stored.as_slice() else { panic!("{stored:?}") };
    assert_eq!((person.records.len(), person.consents.len()), (3, 1));
}

#[tokio::test]
async fn an_incomplete_form_comes_back_with_what_was_entered() {
    let web = Web::new().await;
    let (tenant, _) = web.tenant("Alpha GmbH").await;
    let browser = Browser::new(&web);
    let notice = web.notice();
    for (wrong, message) in [
        (vec![("name", " ")], "Geben Sie Ihren Namen ein"),
        (vec![("email", "erika.example.org")], "Geben Sie eine E-Mail-Adresse ein"),
        (vec![("payment_method", "")], "Wählen Sie eine Zahlungsart"),
        (vec![("payment_method", "debit")], "Geben Sie für die Lastschrift eine IBAN ein"),
        (
            vec![("payment_method", "debit"), ("iban", "DE00 1"), ("account_holder", "E")],
            "Die Prüfziffern passen nicht",
        ),
        (vec![("payment_method", "debit"), ("iban", "DE89370400440532013000")], "Geben Sie den Kontoinhaber ein"),
        (vec![("name", "a\0b")], "Geben Sie Ihren Namen ein"),
    ] {
        let answer = browser.post(&order(tenant), &complete(&notice, &wrong)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
        assert!(answer.text.contains(message), "{wrong:?}: {}", answer.text);
        assert!(answer.text.contains("value=\"030 5550123\""), "{}", answer.text);
    }
    for wrong in ["", "0000", &"0".repeat(64)] {
        let ticked = [("consent", "keep-my-data")];
        let answer = browser.post(&order(tenant), &complete(wrong, &ticked)).await;
        assert_eq!(answer.status, StatusCode::CONFLICT);
        assert!(answer.text.contains("Fassung 3.0") && answer.text.contains("value=\"erika@example.org\""));
        // The box is not ticked for anybody, also not again.
        assert!(
            answer.text.contains("Bitte kreuzen Sie es erneut an")
                && !answer.text.contains("type=\"checkbox\" checked")
        );
        assert_eq!(value(&answer.text, "notice"), notice);
    }
    assert!(people(&web, tenant).await.is_empty());
}

#[tokio::test]
async fn a_log_in_with_a_cookie_and_one_without() {
    let web = Web::new().await;
    let (_, key) = web.tenant("Alpha GmbH").await;
    let mut browser = Browser::new(&web);
    assert_eq!(browser.get("/client/").await.header("location"), "/client/login");
    assert_eq!(browser.get("/client/receipts?lang=en").await.header("location"), "/client/login?lang=en");
    assert_eq!(browser.post("/client/find", &[("email", "a@b")]).await.status, StatusCode::FORBIDDEN);
    let refused = browser.log_in("obh_nonsense", false).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("Dieser Schlüssel ist nicht gültig") && !refused.text.contains("obh_nonsense"));
    // The operator's staff are nobody's client.
    assert_eq!(browser.log_in(&web.operator, false).await.status, StatusCode::FORBIDDEN);

    let answer = browser.log_in(&key, false).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/client/"));
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("obhut_login=obh_") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains(&key));
    let page = browser.get("/client/").await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(page.header("set-cookie").is_empty());

    let answer = browser.log_in(&key, true).await;
    assert!(answer.header("set-cookie").ends_with("; Max-Age=31536000"), "{}", answer.header("set-cookie"));
    // Its life is counted from the last use.
    let later = web.app.engine.now().checked_add((100 * 24).hours()).unwrap();
    web.clock.advance_to(later);
    let page = browser.get("/client/").await;
    assert!(page.header("set-cookie").ends_with("; Max-Age=31536000"), "{}", page.header("set-cookie"));
    assert_eq!(page.header("set-cookie").split(';').next(), browser.cookie.as_deref());

    assert_eq!(browser.post("/client/logout", &[]).await.status, StatusCode::FORBIDDEN);
    let token = browser.token().await;
    let left = browser.post("/client/logout", &[("token", &token)]).await;
    assert_eq!((left.status, left.header("location")), (StatusCode::SEE_OTHER, "/client/login"));
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(browser.get("/client/").await.status, StatusCode::SEE_OTHER);

    let mut browser = Browser::new(&web);
    let asked = browser.get("/client/basic").await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(asked.header("www-authenticate").starts_with("Basic realm="));
    browser.basic = Some(base64(&format!("x:{key}")));
    assert_eq!(browser.get("/client/basic").await.header("location"), "/client/");
    let token = browser.token().await;
    let left = browser.post("/client/logout", &[("token", &token)]).await;
    assert!(left.header("set-cookie").is_empty());
    // Leaving does not revoke the key.
    let still = web.app.engine.authenticate(&key).await.unwrap().unwrap();
    assert_eq!(still.credential.kind, CredentialKind::ApiKey);
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text.as_bytes()
        .chunks(3)
        .flat_map(|chunk| {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            (0..4).map(move |place| {
                if place > chunk.len() { '=' } else { char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]) }
            })
        })
        .collect()
}

#[tokio::test]
async fn a_client_sees_deletes_and_downloads_its_own_people_only() {
    let web = Web::new().await;
    let (alpha, key) = web.tenant("Alpha GmbH").await;
    let (beta, other_key) = web.tenant("Beta KG").await;
    let notice = web.notice();
    let mut browser = Browser::new(&web);
    for (email, consent) in [("erika@example.org", "keep-my-data"), ("max@example.org", "none")] {
        let fields = [("email", email), ("consent", consent), ("name", "<b>Erika</b> & Co")];
        assert_eq!(browser.post(&order(alpha), &complete(&notice, &fields)).await.status, StatusCode::OK);
    }
    let mut stranger = Browser::new(&web);
    stranger.log_in(&other_key, false).await;
    browser.log_in(&key, false).await;

    let list = browser.get("/client/?lang=de").await.text;
    assert!(list.contains("1 bis 2 von 2") && list.contains("max@example.org") && !list.contains("<b>Erika"));
    assert!(!stranger.get("/client/").await.text.contains("example.org"));
    let token = browser.token().await;
    assert_eq!(browser.post("/client/find", &[("email", "max@example.org")]).await.status, StatusCode::FORBIDDEN);
    let none = browser.post("/client/find", &[("token", &token), ("email", "nobody@example.org")]).await;
    assert!(none.text.contains("Niemand mit dieser Adresse"));
    let found = browser.post("/client/find", &[("token", &token), ("email", " Erika@Example.org ")]).await;
    let page = found.header("location").to_owned();
    assert!(page.starts_with("/client/shoppers/sub_"));

    let fields = [
        ("email", "erika@example.org"),
        ("payment_method", "debit"),
        ("account_holder", "Erika"),
        ("iban", "DE89370400440532013000"),
    ];
    let done = browser.post(&order(alpha), &complete(&notice, &fields)).await.text;
    let number = done.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
    let shown = browser.get(&page).await.text;
    // The number a person is given is the one the client sees.
    assert!(shown.contains(&format!("Zahlungsart · {number} ·")), "{number}");
    assert!(
        shown.contains("Ahornweg 7") && shown.contains("eingewilligt seit") && shown.contains("Vertrag, Art. 6 Abs. 1")
    );
    for path in
        [page.clone(), format!("{page}/delete"), format!("{page}/download.json"), format!("{page}/download.csv")]
    {
        assert_eq!(browser.get(&path).await.status, StatusCode::OK, "{path}");
        assert_eq!(stranger.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let stranger_token = stranger.token().await;
    for (action, fields) in [("delete", ("confirm", "erika@example.org")), ("withdraw", ("consent", "keep-my-data"))] {
        let path = format!("{page}/{action}");
        assert_eq!(browser.post(&path, &[fields]).await.status, StatusCode::FORBIDDEN, "without a token");
        assert_eq!(browser.post(&path, &[("token", &stranger_token), fields]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(stranger.post(&path, &[("token", &stranger_token), fields]).await.status, StatusCode::NOT_FOUND);
    }

    let withdrawn = browser.post(&format!("{page}/withdraw"), &[("token", &token), ("consent", "keep-my-data")]).await;
    let shown = browser.get(withdrawn.header("location")).await.text;
    assert!(shown.contains("Der Widerruf ist eingetragen") && shown.contains("gelöscht bis"), "{shown}");

    let wrong = browser.post(&format!("{page}/delete"), &[("token", &token), ("confirm", "erika")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Es wurde nichts gelöscht") && people(&web, alpha).await.len() == 2);
    let gone = browser.post(&format!("{page}/delete"), &[("token", &token), ("confirm", "Erika@example.org")]).await;
    let receipt = gone.header("location").to_owned();
    assert!(browser.get(&receipt).await.text.contains("Gelöscht. Das ist der Beleg."));
    assert_eq!(stranger.get(&receipt).await.status, StatusCode::NOT_FOUND);
    assert!(browser.get("/client/receipts").await.text.contains("auf Verlangen"));
    assert!(browser.get(&page).await.text.contains("Nichts mehr da"));
    assert_eq!(stranger.get(&page).await.status, StatusCode::NOT_FOUND);
    assert_eq!(people(&web, alpha).await.len(), 1);

    let file = browser.get("/client/download.json").await;
    assert!(file.text.contains("max@example.org") && !file.text.contains("erika@example.org"));
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"configurator-shopper-"));
    assert!(browser.get("/client/account/download.csv").await.text.contains("office@alpha.example"));
    assert_eq!(browser.get("/client/download.xml").await.status, StatusCode::NOT_FOUND);
    let account = web.app.engine.store().tenant(alpha).await.unwrap().unwrap().account;
    assert_eq!(browser.get(&format!("/client/shoppers/{account}")).await.status, StatusCode::NOT_FOUND);
    assert!(people(&web, beta).await.is_empty());
}

#[tokio::test]
async fn a_long_list_has_pages() {
    let web = Web::new().await;
    let (tenant, key) = web.tenant("Alpha GmbH").await;
    let notice = web.notice();
    let mut browser = Browser::new(&web);
    for number in 0..53 {
        let email = format!("person-{number}@example.org");
        browser.post(&order(tenant), &complete(&notice, &[("email", &email)])).await;
    }
    browser.log_in(&key, false).await;
    let first = browser.get("/client/?lang=de").await.text;
    assert!(
        first.contains("1 bis 50 von 53") && first.contains("?page=2&#38;lang=de") && !first.contains("rel=\"prev\"")
    );
    let second = browser.get("/client/?page=2&lang=de").await.text;
    assert!(second.contains("51 bis 53 von 53") && second.contains("rel=\"prev\"") && !second.contains("rel=\"next\""));
    let beyond = browser.get("/client/?page=9").await.text;
    assert!(beyond.contains("Noch keine Käufer") || beyond.contains("0 bis 0"), "{beyond}");
}

#[tokio::test]
async fn the_end_of_a_membership_takes_everything_along() {
    let web = Web::new().await;
    let (tenant, key) = web.tenant("Alpha GmbH").await;
    let mut browser = Browser::new(&web);
    browser.post(&order(tenant), &complete(&web.notice(), &[])).await;
    browser.log_in(&key, false).await;
    let plan = browser.get("/client/end").await.text;
    assert!(
        plan.contains("Zugleich werden die Daten aller Ihrer Käufer gelöscht")
            && plan.contains("/client/account/download.json")
    );
    let token = browser.token().await;
    let wrong = browser.post("/client/end", &[("token", &token), ("confirm", "alpha")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let ended = browser.post("/client/end", &[("token", &token), ("confirm", "Alpha GmbH")]).await;
    assert_eq!(ended.status, StatusCode::OK);
    assert!(ended.text.contains("Ihre Mitgliedschaft ist beendet") && ended.header("set-cookie").contains("Max-Age=0"));
    assert!(people(&web, tenant).await.is_empty());
    assert_eq!(browser.get("/client/").await.status, StatusCode::SEE_OTHER);
    let form = browser.get(&order(tenant)).await;
    assert_eq!(form.status, StatusCode::GONE);
    assert!(form.text.contains("nutzt den Dienst nicht mehr"));
    assert_eq!(browser.post(&order(tenant), &complete(&web.notice(), &[])).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn only_a_demo_has_a_movable_clock() {
    let mut web = Web::new().await;
    let (tenant, key) = web.tenant("Alpha GmbH").await;
    for path in ["/demo/pages.json", "/demo/errors/500", &format!("/demo/shop/{tenant}")] {
        assert_eq!(Browser::new(&web).get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(Browser::new(&web).post("/demo/clock", &[("to", "14d")]).await.status, StatusCode::NOT_FOUND);

    let clock: Arc<ManualClock> = web.clock.clone();
    let client = DemoClient { tenant, name: "Alpha GmbH".into(), key: key.clone() };
    let app = App {
        engine: web.app.engine.clone(),
        promises: Vec::new(),
        board: Arc::default(),
        checks: Vec::new(),
        log: web.log.clone(),
        demo: Some(Demo { clock, clients: vec![client], changed: Vec::new().into() }),
    };
    web.router = router(Arc::new(app));
    let browser = Browser::new(&web);
    for (email, consent) in [("erika@example.org", "keep-my-data"), ("max@example.org", "none")] {
        browser.post(&order(tenant), &complete(&web.notice(), &[("email", email), ("consent", consent)])).await;
    }
    assert!(browser.get("/").await.text.contains("/demo/clock"));
    assert!(!browser.get(&order(tenant)).await.text.contains("/demo/clock"));
    let start = web.app.engine.now();
    let moved = browser.post("/demo/clock", &[("to", "1d"), ("back", "/status?lang=en")]).await;
    assert_eq!((moved.status, moved.header("location")), (StatusCode::SEE_OTHER, "/status?lang=en"));
    assert_eq!(web.app.engine.now().as_second() - start.as_second(), 86_400);
    browser.post("/demo/clock", &[("to", "next"), ("back", "https://elsewhere.example")]).await;
    let shown = browser.get("/status").await.text;
    assert!(shown.contains("1 Person nach der Frist gelöscht") && shown.contains("1 Person bleibt"), "{shown}");
    assert!(!browser.get("/status").await.text.contains("1 Person nach der Frist gelöscht"), "shown once");
    assert_eq!(people(&web, tenant).await.len(), 1);
    assert_eq!(browser.post("/demo/clock", &[("to", "yesterday")]).await.status, StatusCode::BAD_REQUEST);

    let pages = browser.get("/demo/pages.json").await.json();
    let pages = pages.as_array().unwrap();
    assert!(pages.len() > 40);
    let mut staff = Browser::new(&web);
    staff.basic = Some(base64(&format!("x:{key}")));
    for page in pages {
        let path = page["path"].as_str().unwrap();
        let name = page["name"].as_str().unwrap();
        let answer = if page.get("login").is_some() { staff.get(path).await } else { browser.get(path).await };
        let expected = match name.strip_prefix("error-") {
            None => 200,
            Some("logged-out") => 403,
            Some(code) => code.parse().unwrap(),
        };
        assert_eq!(answer.status.as_u16(), expected, "{path}");
        assert!(answer.text.contains(&format!("<html lang=\"{}\">", page["lang"].as_str().unwrap())), "{path}");
    }
}

#[tokio::test]
async fn nothing_that_is_sent_breaks_a_page() {
    let web = Web::new().await;
    let (tenant, key) = web.tenant("Alpha GmbH").await;
    let mut browser = Browser::new(&web);
    browser.log_in(&key, false).await;
    let long = "x".repeat(5000);
    let paths = [
        "/client/?page=0".into(),
        "/client/?page=99999999999999999999".into(),
        "/client/?page=-1&lang=xx".into(),
        "/client/shoppers/sub_0".into(),
        "/client/shoppers/%00".into(),
        "/client/receipts/rcp_00000000000000000000000000000000".into(),
        format!("/notice/{long}"),
        format!("{}?accent=%22%3E&font=%3Cscript%3E&configuration=%3Cscript%3E", order(tenant)),
        format!("{}?lang=%FF", order(tenant)),
        "/?lang=de&lang=en&%=%".into(),
    ];
    for path in paths {
        let answer = browser.get(&path).await;
        assert!(answer.status.as_u16() < 500, "{path}: {}", answer.status);
        assert!(!answer.text.contains("<script>"), "{path}");
    }
    let request = browser.request("POST", &order(tenant)).header(header::CONTENT_TYPE, "text/plain");
    let answer = web.send(request.body(Body::from("x")).unwrap()).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("Das haben wir nicht verstanden"));
    let tall = complete("", &[("name", &long)]);
    assert!(browser.post(&order(tenant), &tall).await.status.is_client_error());
}
