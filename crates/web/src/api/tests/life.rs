//! A whole life, over HTTP only.

use axum::http::Method;
use serde_json::{Value, json};

use crate::testing::Web;

#[tokio::test]
async fn from_the_opening_of_a_tenant_to_its_end() {
    let web = Web::new().await;
    let support = Some(&*web.operator);
    let none = Value::Null;

    // The operator opens a tenant and makes a key for its staff.
    let opened = web
        .call(
            Method::POST,
            "/tenants",
            support,
            &json!({
                "name": "Alpha GmbH", "purpose": "run-service", "notice": web.notice(),
                "values": { "client-account": { "name": "Alpha GmbH", "email": "office@alpha.example" } },
            }),
        )
        .await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    let tenant = opened.text_at("/id");
    let made = web.call(Method::POST, "/keys", support, &json!({ "role": "client", "tenant": tenant })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(made.header("cache-control"), "no-store");
    let key = made.text_at("/secret");
    let key = Some(&*key);
    let at = |path: &str| format!("/tenants/{tenant}/{path}");

    // A shopper submits the form, twice, and is one person.
    let first = web.call(Method::POST, &at("people"), key, &web.submission("anna@mail.example")).await;
    assert_eq!((first.status.as_u16(), &first.json()["new"]), (201, &json!(true)), "{}", first.text);
    let person = first.text_at("/person");
    let again = web.call(Method::POST, &at("people"), key, &web.submission("Anna@Mail.example")).await;
    assert_eq!((&*again.text_at("/person"), &again.json()["new"]), (&*person, &json!(false)));
    let found =
        web.call(Method::POST, &at("find"), key, &json!({ "field": "email", "value": "anna@mail.example" })).await;
    assert_eq!(found.text_at("/person"), person);

    // No order, no document, no reading: the sentence of the notice says so.
    let documents = at(&format!("people/{person}?purpose=order-documents"));
    let refused = web.call(Method::GET, &documents, key, &none).await;
    assert_eq!((refused.status.as_u16(), &*refused.text_at("/type")), (403, "/problems/refused"));
    assert_eq!(refused.text_at("/reasons/0/reason"), "event-missing");
    assert_eq!(refused.text_at("/reasons/0/event"), "order.triggered");
    assert_eq!(refused.text_at("/reasons/0/anchor"), "purpose.order-documents");
    assert!(refused.text_at("/reasons/0/sentence").contains("order documents"), "{}", refused.text);

    // The order is placed, and the document may be made.
    let events = at(&format!("people/{person}/events"));
    let event = web.call(Method::POST, &events, key, &json!({ "event": "order.triggered" })).await;
    assert_eq!(event.status, 204, "{}", event.text);
    let read = web.call(Method::GET, &documents, key, &none).await;
    assert_eq!(read.text_at("/records/0/fields/email").to_lowercase(), "anna@mail.example");
    assert_eq!(read.text_at("/records/0/rule"), "shopper");
    assert_eq!(read.text_at("/records/0/kept_until"), "2026-03-16T10:00:00Z");

    // She agrees to longer storage with another order, and withdraws.
    web.clock.advance_to("2026-03-02T10:30:00Z".parse().unwrap());
    let mut agreed = web.submission("anna@mail.example");
    agreed["consents"][0]["declared"] = "granted".into();
    let more = web.call(Method::POST, &at(&format!("people/{person}/records")), key, &agreed).await;
    assert_eq!(more.status, 201, "{}", more.text);
    let shopper = at(&format!("people/{person}?purpose=reorder"));
    assert_eq!(web.call(Method::GET, &shopper, key, &none).await.status, 200);
    web.clock.advance_to("2026-03-02T11:00:00Z".parse().unwrap());
    let withdraw = at(&format!("people/{person}/consents/keep-my-data"));
    assert_eq!(web.call(Method::DELETE, &withdraw, key, &none).await.status, 204);
    let refused = web.call(Method::GET, &shopper, key, &none).await;
    assert_eq!(refused.text_at("/reasons/0/reason"), "consent-missing");

    // Restricted, her data is handed over and nothing else.
    let restriction = at(&format!("people/{person}/restriction"));
    assert_eq!(web.call(Method::PUT, &restriction, key, &none).await.status, 204);
    let closed = web.call(Method::GET, &documents, key, &none).await;
    assert_eq!(closed.text_at("/reasons/0/reason"), "restricted");
    let file = web.call(Method::GET, &at(&format!("people/{person}/export?format=json")), key, &none).await;
    assert_eq!(file.status, 200, "{}", file.text);
    assert!(file.header("content-disposition").starts_with("attachment; filename=\"configurator-person-"));
    assert_eq!(file.text_at("/people/0/records/0/fields/email").to_lowercase(), "anna@mail.example");
    assert_eq!(web.call(Method::DELETE, &restriction, key, &none).await.status, 204);
    let table = web.call(Method::GET, &at("export?audience=shopper&format=csv"), key, &none).await;
    assert_eq!((table.header("content-type"), table.text.lines().count()), ("text/csv; charset=utf-8", 4));

    // The gates.
    let messages = at(&format!("people/{person}/messages"));
    let own = web.call(Method::POST, &messages, key, &json!({ "purpose": "shopper-message" })).await;
    assert_eq!(own.status, 202, "{}", own.text);
    let foreign = web.call(Method::POST, &messages, support, &json!({ "purpose": "shopper-message" })).await;
    assert_eq!(foreign.status, 403);

    // She is erased, with a receipt; what is not there cannot be erased again.
    let path = at(&format!("people/{person}"));
    let erased = web.call(Method::DELETE, &path, key, &none).await;
    assert_eq!((erased.status.as_u16(), &erased.json()["stays"]), (200, &json!([])), "{}", erased.text);
    assert_eq!(erased.text_at("/receipt/cause"), "request");
    assert_eq!(web.call(Method::DELETE, &path, key, &none).await.status, 404);
    assert_eq!(web.call(Method::GET, &shopper, key, &none).await.status, 404);

    // The tenant ends; its people and its keys go with it.
    let other = web.call(Method::POST, &at("people"), key, &web.submission("ben@mail.example")).await;
    assert_eq!(other.status, 201);
    let ended = web.call(Method::DELETE, &format!("/tenants/{tenant}"), key, &none).await;
    assert_eq!((ended.status.as_u16(), &*ended.text_at("/state")), (200, "ended"), "{}", ended.text);
    assert_eq!(ended.text_at("/name"), "");
    assert_eq!(web.call(Method::GET, &at("receipts"), key, &none).await.status, 401, "the key went with the tenant");
    let twice = web.call(Method::DELETE, &format!("/tenants/{tenant}"), support, &none).await;
    assert_eq!((twice.status.as_u16(), &*twice.text_at("/type")), (410, "/problems/tenant-ended"));
    let receipts = web.call(Method::GET, &at("receipts"), support, &none).await;
    let causes: Vec<_> = receipts.json()["receipts"].as_array().unwrap().iter().map(|r| r["cause"].clone()).collect();
    // All at one instant: the order among them says nothing.
    let mut sorted: Vec<_> = causes.iter().filter_map(Value::as_str).collect();
    sorted.sort_unstable();
    assert_eq!(sorted, ["cascade", "request", "retention"], "{}", receipts.text);
    let notice = web.call(Method::GET, &format!("/notice?audience=shopper&tenant={tenant}"), None, &none).await;
    assert_eq!(notice.status, 410);

    // The log of all this holds no value.
    let mut after = 0;
    let mut entries = Vec::new();
    loop {
        let page = web.call(Method::GET, &at(&format!("audit?after={after}&limit=5")), support, &none).await;
        entries.extend(page.json()["entries"].as_array().unwrap().clone());
        match page.json()["next"].as_u64() {
            Some(next) => after = next,
            None => break,
        }
    }
    let numbers: Vec<_> = entries.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    let text = format!("{entries:?} {:?}", web.log.lines());
    for value in ["anna", "Anna", "ben@", "Teststr", "office@"] {
        assert!(!text.contains(value), "{value} in {text}");
    }
    assert!(!web.log.lines().iter().any(|line| line.contains(&person) || line.contains(&tenant)));
}
