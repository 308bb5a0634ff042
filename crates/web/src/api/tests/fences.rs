//! The fences, over the whole table of operations.

use axum::http::{Method, Request, header::AUTHORIZATION};
use obhut_core::model::Acts;
use obhut_store::AuditFilter;
use serde_json::{Value, json};

use super::{
    super::{
        operation::{Access, Operation},
        operations,
    },
    Place, call, operation, place,
};
use crate::testing::{Answer, Web};

fn fenced() -> impl Iterator<Item = Operation> {
    operations().into_iter().filter(|operation| operation.access != Access::Public)
}

#[tokio::test]
async fn a_stranger_gets_one_answer_whatever_is_wrong_with_the_key() {
    let web = Web::new().await;
    let (place, key) = place(&web).await;
    let before = everything(&web, &place).await;
    let keys =
        [None, Some("obh_"), Some("x"), Some("obh_0000000000000000000000000000000000000000000000000000000000000000")];
    for operation in fenced() {
        let mut answers = Vec::new();
        for key in keys {
            let answer = call(&web, &operation, &place, key).await;
            assert_eq!(answer.status, 401, "{}", operation.id);
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
            answers.push(answer.text);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{} tells why", operation.id);
    }
    assert_eq!(everything(&web, &place).await, before, "a stranger left a trace");

    // The same key by the Basic scheme, and twice at once.
    let basic = |user: &str| {
        use std::fmt::Write as _;
        let mut bits = String::new();
        for byte in format!("{user}:{key}").bytes() {
            write!(bits, "{byte:08b}").unwrap();
        }
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digit = |six: &[u8]| {
            let text = format!("{:0<6}", std::str::from_utf8(six).unwrap());
            char::from(alphabet[usize::from_str_radix(&text, 2).unwrap()])
        };
        bits.as_bytes().chunks(6).map(digit).collect::<String>()
    };
    let path = format!("/api/v1/tenants/{}", place.tenant);
    let header = format!("Basic {}", basic("anybody"));
    let request = || Request::builder().uri(&path).header(AUTHORIZATION, &header);
    assert_eq!(web.send(request().body("".into()).unwrap()).await.status, 200);
    assert_eq!(web.send(request().header(AUTHORIZATION, &header).body("".into()).unwrap()).await.status, 401);
}

#[tokio::test]
async fn public_operations_answer_everybody() {
    let web = Web::new().await;
    let (place, _) = place(&web).await;
    for operation in operations().iter().filter(|operation| operation.access == Access::Public) {
        assert_eq!(operation.method, Method::GET, "a public operation changes nothing");
        assert_eq!(call(&web, operation, &place, None).await.status, 200, "{}", operation.id);
    }
}

#[tokio::test]
async fn another_tenant_does_not_exist() {
    let web = Web::new().await;
    let (alpha, _) = place(&web).await;
    let (beta, key) = web.tenant("Beta GmbH").await;
    let system = web.key("document-generator", Some(beta)).await;
    let before = everything(&web, &alpha).await;
    for operation in fenced().filter(|operation| operation.path.contains("{tenant}")) {
        for key in [&key, &system] {
            // Under the foreign id, and with a foreign person under the own id.
            let answer = call(&web, &operation, &alpha, Some(key)).await;
            assert_eq!(answer.status, 404, "{}", operation.id);
            let nobody =
                Place { tenant: "ten_00000000000000000000000000000009".parse().unwrap(), person: alpha.person.clone() };
            let unknown = call(&web, &operation, &nobody, Some(key)).await;
            assert_eq!((unknown.status, unknown.text), (answer.status, answer.text), "{}", operation.id);
        }
        if operation.path.contains("{person}") {
            let smuggled = Place { tenant: beta, person: alpha.person.clone() };
            let answer = call(&web, &operation, &smuggled, Some(&key)).await;
            assert_eq!(answer.status, 404, "{}: {}", operation.id, answer.text);
        }
    }
    assert_eq!(everything(&web, &alpha).await, before, "something of another tenant was touched");
}

#[tokio::test]
async fn the_wrong_role_gets_nowhere() {
    let web = Web::new().await;
    let (place, key) = place(&web).await;
    let keys = [
        (Acts::Tenant, key),
        (Acts::Operator, web.operator.clone()),
        (Acts::System, web.key("document-generator", Some(place.tenant)).await),
        (Acts::Form, web.key("shopper-form", Some(place.tenant)).await),
    ];
    for operation in fenced() {
        let allowed = operation.access.acts().unwrap();
        for (acts, key) in keys.iter().filter(|(acts, _)| !allowed.contains(acts)) {
            let answer = call(&web, &operation, &place, Some(key)).await;
            assert_eq!(answer.status, 403, "{} as {acts:?}", operation.id);
            assert_eq!(answer.text_at("/type"), "/problems/role", "{} as {acts:?}", operation.id);
        }
    }
}

/// The operator's staff get nothing of a tenant's people, by no operation.
#[tokio::test]
async fn the_operator_is_closed_out_of_a_tenants_people() {
    let web = Web::new().await;
    let (place, key) = place(&web).await;
    let accounting = web.key("accounting", None).await;
    for operation in fenced().filter(|operation| operation.path.contains("/people") || operation.id == "exportTenant") {
        // To enter a disclosure that the policy allows in the register opens nothing.
        if operation.id == "disclose" {
            continue;
        }
        for key in [&web.operator, &accounting] {
            let answer = call(&web, &operation, &place, Some(key)).await;
            let status = answer.status.as_u16();
            assert!(matches!(status, 403 | 404), "{}: {}", operation.id, answer.text);
            assert!(!answer.text.contains("Anna") && !answer.text.contains("a@b"), "{}", answer.text);
        }
    }
    let path = format!("/tenants/{}/people/{}?purpose=own-shoppers", place.tenant, place.person);
    let still = web.call(Method::GET, &path, Some(&key), &Value::Null).await;
    assert_eq!(still.text_at("/records/0/fields/email"), "a@b.example");
}

#[tokio::test]
async fn a_limited_key_does_nothing_beyond_its_purposes() {
    let web = Web::new().await;
    let (place, _) = place(&web).await;
    let (_, tenant) = web.limited_key("client", Some(place.tenant), Some(&["reorder"])).await;
    let (_, operator) = web.limited_key("operator-support", None, Some(&["run-service"])).await;
    for operation in fenced().filter(|operation| matches!(operation.access, Access::Whole(_))) {
        let acts = operation.access.acts().unwrap();
        let key = if acts.contains(&Acts::Tenant) { &tenant } else { &operator };
        let answer = call(&web, &operation, &place, Some(key)).await;
        assert_eq!((answer.status.as_u16(), &*answer.text_at("/type")), (403, "/problems/limited"), "{}", operation.id);
    }
    let read = call(&web, &operation("readPerson"), &place, Some(&tenant)).await;
    assert_eq!(read.text_at("/reasons/0/reason"), "not-for-this-credential");
}

/// What an operation says it leaves in the audit log is there when it has answered.
#[tokio::test]
async fn changes_and_readings_are_in_the_audit_log() {
    for operation in fenced() {
        let web = Web::new().await;
        let (place, key) = place(&web).await;
        let key = if operation.access.acts().unwrap().contains(&Acts::Tenant) { key } else { web.operator.clone() };
        let key = if operation.id == "revokeKey" { web.operator.clone() } else { key };
        let before = everything(&web, &place).await;
        let answer = call(&web, &operation, &place, Some(&key)).await;
        assert!(answer.status.is_success(), "{}: {}", operation.id, answer.text);
        let after = everything(&web, &place).await;
        let added: Vec<_> = after.iter().filter(|entry| !before.contains(entry)).collect();
        match operation.audit {
            None => assert_eq!(added.len(), 0, "{} is noted but does not say so", operation.id),
            Some(act) => {
                let word = json!(act);
                // The account of a new tenant is noted in the log of that tenant.
                let opened = operation.id == "openTenant" && newest_tenant(&web, &answer).await.contains(&word);
                assert!(opened || added.iter().any(|entry| entry[1] == word), "{}: {added:?}", operation.id);
            }
        }
        if operation.method != Method::GET {
            assert!(operation.audit.is_some(), "{} changes something unaudited", operation.id);
        }
    }
}

/// A refusal is noted, too.
#[tokio::test]
async fn refusals_are_in_the_audit_log() {
    let web = Web::new().await;
    let (place, key) = place(&web).await;
    for (method, path, key) in [
        (Method::GET, format!("people/{}?purpose=order-documents", place.person), &key),
        (Method::GET, "people?audience=shopper&purpose=own-shoppers".into(), &web.operator),
        (Method::GET, "export?audience=shopper&format=json".into(), &web.operator),
        (Method::GET, format!("people/{}/export?format=json", place.person), &web.operator),
    ] {
        let before = everything(&web, &place).await;
        let answer = web.call(method, &format!("/tenants/{}/{path}", place.tenant), Some(key), &Value::Null).await;
        assert_eq!((answer.status.as_u16(), &*answer.text_at("/type")), (403, "/problems/refused"), "{path}");
        assert!(answer.json()["reasons"][0]["sentence"].is_string(), "{}", answer.text);
        let after = everything(&web, &place).await;
        let added: Vec<_> = after.iter().filter(|entry| !before.contains(entry)).collect();
        assert!(matches!(*added, [entry] if entry[2] == "refused"), "{path}: {added:?}");
    }
}

/// The audit log of the tenant and of the operator: who, what, how it ended.
async fn everything(web: &Web, place: &Place) -> Vec<Value> {
    let mut entries = Vec::new();
    for tenant in [place.tenant, obhut_core::id::TenantId::OPERATOR] {
        let log = web.app.engine.store().audit(tenant, &AuditFilter::default(), usize::MAX).await.unwrap();
        entries
            .extend(log.iter().map(|entry| json!([tenant, entry.record.operation, entry.record.outcome, entry.seq])));
    }
    entries
}

async fn newest_tenant(web: &Web, answer: &Answer) -> Vec<Value> {
    let tenant = answer.text_at("/id").parse().unwrap();
    let log = web.app.engine.store().audit(tenant, &AuditFilter::default(), usize::MAX).await.unwrap();
    log.iter().map(|entry| json!(entry.record.operation)).collect()
}
