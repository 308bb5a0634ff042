//! What is wrong with a request is said without repeating it.

use axum::http::{Method, Request, header::AUTHORIZATION};
use serde_json::{Value, json};

use super::{call, description, operation, place, sample};
use crate::testing::Web;

#[tokio::test]
async fn a_body_is_never_repeated() {
    let web = Web::new().await;
    let (place, key) = place(&web).await;
    let secret = "zora@mail.example";
    let mut unknown_field = web.submission("a@b.example");
    unknown_field["values"]["shopper-order"]["birthday"] = secret.into();
    let mut value_as_field = web.submission("a@b.example");
    value_as_field["values"]["shopper-order"][secret] = "x".into();
    let mut wrong_type = web.submission("a@b.example");
    wrong_type["facts"] = secret.into();
    let mut unknown_member = web.submission("a@b.example");
    unknown_member[secret] = json!(1);
    let mut origin = web.submission("a@b.example");
    origin["origin"] = secret.into();
    let mut blank = web.submission("a@b.example");
    blank["values"]["shopper-order"]["phone"] = " ".into();
    let mut bank = web.submission("a@b.example");
    bank["values"]["shopper-bank"] = json!({ "iban": secret });
    let mut old = web.submission("a@b.example");
    old["notice"] = "0".repeat(64).into();
    let cases = [
        (unknown_field.to_string(), 403, "/problems/refused"),
        (value_as_field.to_string(), 422, "/problems/invalid"),
        (wrong_type.to_string(), 422, "/problems/invalid"),
        (unknown_member.to_string(), 422, "/problems/invalid"),
        (origin.to_string(), 422, "/problems/invalid"),
        (blank.to_string(), 422, "/problems/invalid"),
        (bank.to_string(), 403, "/problems/refused"),
        (old.to_string(), 409, "/problems/other-notice"),
        (format!("{{\"purpose\": \"{secret}"), 400, "/problems/malformed"),
        (secret.to_owned(), 400, "/problems/malformed"),
        (String::new(), 400, "/problems/malformed"),
        (format!("\"{}\"", secret.repeat(70_000)), 413, "/problems/too-large"),
    ];
    let submit = operation("submit");
    let (path, _) = sample(&web, &submit, &place);
    for (body, status, kind) in cases {
        let request = Request::post(format!("/api/v1{path}"))
            .header(AUTHORIZATION, format!("Bearer {key}"))
            .header("content-type", "application/json")
            .body(body.clone().into())
            .unwrap();
        let answer = web.send(request).await;
        let start: String = body.chars().take(80).collect();
        assert_eq!((answer.status.as_u16(), &*answer.text_at("/type")), (status, kind), "{start}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert!(!answer.text.contains("zora"), "{}", answer.text);
        description::compare(&submit, &answer);
    }
    let request = Request::post(format!("/api/v1{path}"))
        .header(AUTHORIZATION, format!("Bearer {key}"))
        .header("content-type", "text/plain")
        .body("{}".into())
        .unwrap();
    assert_eq!(web.send(request).await.status, 415);
}

#[tokio::test]
async fn a_refusal_speaks_the_language_of_the_caller() {
    let web = Web::new().await;
    let (place, key) = place(&web).await;
    let path = format!("/api/v1/tenants/{}/people/{}?purpose=order-documents", place.tenant, place.person);
    for (accepted, part) in [("de-DE", "Bestellunterlagen"), ("en", "order documents"), ("fr", "order documents")] {
        let request =
            Request::get(&path).header(AUTHORIZATION, format!("Bearer {key}")).header("accept-language", accepted);
        let answer = web.send(request.body("".into()).unwrap()).await;
        assert!(answer.text_at("/reasons/0/sentence").contains(part), "{}", answer.text);
        assert_eq!(answer.header("content-language"), if accepted == "de-DE" { "de" } else { "en" });
        assert_eq!(answer.header("vary"), "Accept-Language");
        let length = answer.header("content-length");
        assert!(length.is_empty() || length == answer.text.len().to_string(), "{length} of {}", answer.text.len());
    }
}

#[tokio::test]
async fn what_cannot_be_is_said() {
    let web = Web::new().await;
    let (place, key) = place(&web).await;
    let people = format!("/tenants/{}/people", place.tenant);
    for (method, path, body, status) in [
        (Method::GET, format!("{people}?audience=shopper"), Value::Null, 400),
        (Method::GET, format!("{people}?audience=shopper&purpose=own-shoppers&x=1"), Value::Null, 400),
        (Method::GET, format!("{people}?audience=shopper&purpose=own-shoppers&limit=201"), Value::Null, 422),
        (Method::GET, format!("{people}?audience=shopper&purpose=own-shoppers&limit=0"), Value::Null, 422),
        (Method::GET, format!("{people}?audience=nobody&purpose=own-shoppers"), Value::Null, 422),
        (Method::GET, format!("{people}?audience=shopper&purpose=world-domination"), Value::Null, 403),
        (Method::GET, format!("{people}/sub_1?purpose=own-shoppers"), Value::Null, 404),
        (Method::GET, "/tenants/anna".into(), Value::Null, 404),
        (Method::POST, format!("/tenants/{}/find", place.tenant), json!({ "field": "name", "value": "x" }), 422),
        (Method::POST, format!("/tenants/{}/find", place.tenant), json!({ "field": "email", "value": "x@y.z" }), 404),
        (Method::POST, format!("{people}/{}/events", place.person), json!({ "event": "big.bang" }), 422),
        (Method::POST, format!("{people}/{}/events", place.person), json!({ "event": "client.terminated" }), 422),
        (Method::DELETE, format!("{people}/{}/consents/nothing", place.person), Value::Null, 422),
        (Method::GET, format!("{people}/{}/export?format=xml", place.person), Value::Null, 400),
        (Method::GET, "/notice?audience=nobody".into(), Value::Null, 404),
    ] {
        let answer = web.call(method.clone(), &path, Some(&key), &body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text);
        assert!(answer.text_at("/type").starts_with("/problems/"));
    }
    let key_for = |body: Value| {
        let web = &web;
        async move { web.call(Method::POST, "/keys", Some(&web.operator), &body).await.status.as_u16() }
    };
    assert_eq!(key_for(json!({ "role": "client" })).await, 422, "a tenant's role needs a tenant");
    assert_eq!(key_for(json!({ "role": "king" })).await, 422);
    assert_eq!(key_for(json!({ "role": "client", "tenant": place.tenant, "purposes": ["war"] })).await, 422);
}

/// A demand needs two keys, and no key may be made up.
#[tokio::test]
async fn a_demand_is_approved_with_keys() {
    let web = Web::new().await;
    let (place, _) = place(&web).await;
    let (_, stranger) = web.tenant("Beta GmbH").await;
    let second = web.key("accounting", None).await;
    let demand = |keys: &[&str]| {
        let ground = json!({
            "ground": "demand", "recipient": "law-enforcement", "authority": "StA Musterstadt",
            "file_number": "1 Js 2/26", "legal_ground": "§ 95 StPO", "approved_with": keys,
        });
        json!({ "classes": ["shopper-order"], "ground": ground })
    };
    let path = format!("/tenants/{}/people/{}/disclosures", place.tenant, place.person);
    let try_with = async |keys: &[&str]| web.call(Method::POST, &path, Some(&web.operator), &demand(keys)).await;
    let alone = try_with(&[]).await;
    assert_eq!((alone.status.as_u16(), &*alone.text_at("/reasons/0/reason")), (403, "approvals-missing"));
    assert_eq!(try_with(&[&web.operator]).await.status, 403, "one person approves once");
    assert_eq!(try_with(&[&stranger]).await.status, 422);
    assert_eq!(try_with(&["obh_1"]).await.status, 422);
    assert_eq!(try_with(&[&second]).await.status, 201);
    let body = json!({ "classes": ["shopper-order"], "ground": { "ground": "agreement", "to": "Adhandel GmbH" } });
    let sold = web.call(Method::POST, &path, Some(&web.operator), &body).await;
    assert_eq!((sold.status.as_u16(), &*sold.text_at("/reasons/0/reason")), (403, "never"));
}

/// A key may revoke itself; another key only the operator's staff may.
#[tokio::test]
async fn a_key_is_revoked_at_once() {
    let web = Web::new().await;
    let (place, key) = place(&web).await;
    let (id, limited) = web.limited_key("client", Some(place.tenant), Some(&["reorder"])).await;
    let path = format!("/keys/{id}");
    assert_eq!(web.call(Method::DELETE, &path, Some(&key), &Value::Null).await.status, 404);
    assert_eq!(web.call(Method::DELETE, &path, Some(&limited), &Value::Null).await.status, 204);
    assert_eq!(web.call(Method::DELETE, &path, Some(&limited), &Value::Null).await.status, 401);

    let (id, other) = web.limited_key("client", Some(place.tenant), None).await;
    let path = format!("/keys/{id}?tenant={}", place.tenant);
    assert_eq!(call(&web, &operation("getTenant"), &place, Some(&other)).await.status, 200);
    assert_eq!(web.call(Method::DELETE, &path, Some(&web.operator), &Value::Null).await.status, 204);
    assert_eq!(call(&web, &operation("getTenant"), &place, Some(&other)).await.status, 401);
}
