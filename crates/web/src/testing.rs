//! A whole web in memory, for tests: the configurator's policy over a store, a keyring, a clock and a randomness that
//! stand still or repeat.

use std::{path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header::AUTHORIZATION},
};
use obhut_core::{
    access::Caller,
    clock::ManualClock,
    id::{CredentialId, TenantId},
    model::Model,
};
use obhut_engine::{
    Engine, Host, NewTenant,
    credentials::{NewKey, installer},
};
use obhut_keyring::{Keyring, SeededRandom};
use obhut_policy::{Sources, load};
use obhut_store::sqlite::SqliteStore;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{App, MemoryLog, router};

/// The instant at which every test begins.
pub(crate) const START: &str = "2026-03-02T10:00:00Z";

/// A running web with one key of the operator.
pub(crate) struct Web {
    /// What the handlers see.
    pub(crate) app: Arc<App>,
    /// Everything that is served.
    pub(crate) router: Router,
    /// The clock.
    pub(crate) clock: Arc<ManualClock>,
    /// What was logged.
    pub(crate) log: Arc<MemoryLog>,
    /// The key of the operator's customer service.
    pub(crate) operator: String,
}

/// An answer.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: StatusCode,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON; null if it is not.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// A member of the JSON body that is a text.
    pub(crate) fn text_at(&self, pointer: &str) -> String {
        let json = self.json();
        json.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {}", self.text)).to_owned()
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The text of the configurator's policy.
pub(crate) fn configurator() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments/configurator/policy.toml");
    std::fs::read_to_string(file).unwrap()
}

/// The model of a policy.
pub(crate) fn model(policy: &str) -> Model {
    let loaded = load(&Sources::one("policy.toml", policy));
    loaded.model.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics))
}

impl Web {
    /// The configurator.
    pub(crate) async fn new() -> Self {
        Self::of(&configurator()).await
    }

    /// Another policy with the configurator's roles.
    pub(crate) async fn of(policy: &str) -> Self {
        let random = Arc::new(SeededRandom::new(7));
        let clock = Arc::new(ManualClock::new(START.parse().unwrap()));
        let keys = Keyring::ephemeral(&*random).unwrap();
        let host = Host { clock: clock.clone(), random };
        let store = Arc::new(SqliteStore::in_memory().unwrap());
        let engine = Engine::start(Arc::new(model(policy)), store, Arc::new(keys), host).await.unwrap();
        let log = Arc::new(MemoryLog::default());
        let app = Arc::new(App {
            engine,
            promises: Vec::new(),
            board: Arc::default(),
            checks: Vec::new(),
            log: log.clone(),
            demo: None,
        });
        let router = router(app.clone());
        let mut web = Self { app, router, clock, log, operator: String::new() };
        web.operator = web.key("operator-support", None).await;
        web
    }

    /// A key for a role.
    pub(crate) async fn key(&self, role: &str, tenant: Option<TenantId>) -> String {
        self.limited_key(role, tenant, None).await.1
    }

    /// A key for a role that is limited to purposes.
    pub(crate) async fn limited_key(
        &self,
        role: &str,
        tenant: Option<TenantId>,
        purposes: Option<&[&str]>,
    ) -> (CredentialId, String) {
        let purposes = purposes.map(|names| names.iter().map(|name| (*name).into()).collect());
        let new = NewKey { tenant, role: role.into(), purposes, expires: None };
        let (id, secret) = self.app.engine.create_key(&installer(), new).await.unwrap();
        (id, secret.expose().to_owned())
    }

    /// A tenant of this name, and the key of its staff.
    pub(crate) async fn tenant(&self, name: &str) -> (TenantId, String) {
        let support = Caller { credential: None, tenant: None, role: "operator-support".into(), purposes: None };
        let account = [("name".into(), name.into()), ("email".into(), "office@alpha.example".into())];
        let new = NewTenant {
            name: name.into(),
            purpose: "run-service".into(),
            values: [("client-account".into(), account.into())].into(),
            notice: self.app.engine.model().policy.hash,
        };
        let tenant = self.app.engine.open_tenant(&support, &new).await.unwrap();
        (tenant.id, self.key("client", Some(tenant.id)).await)
    }

    /// The hash of the notice in force.
    pub(crate) fn notice(&self) -> String {
        self.app.engine.model().policy.hash.to_string()
    }

    /// A request.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, text }
    }

    /// A call of the API: the path under its root, a key if there is one, and a body that is not null.
    pub(crate) async fn call(&self, method: Method, path: &str, key: Option<&str>, body: &Value) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api/v1{path}"));
        if let Some(key) = key {
            request = request.header(AUTHORIZATION, format!("Bearer {key}"));
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        };
        self.send(request.body(body).unwrap()).await
    }

    /// A submission of a purchase form by a person with this address.
    pub(crate) fn submission(&self, email: &str) -> Value {
        json!({
            "purpose": "own-shoppers",
            "values": { "shopper-order": {
                "name": "Anna Zeuge", "address": "Teststraße 1, 12345 Teststadt", "phone": "+49 30 1234",
                "email": email, "payment_method": "invoice",
            } },
            "events": [{ "event": "shopper.activity" }],
            "consents": [{ "consent": "keep-my-data", "declared": "refused", "lang": "de" }],
            "notice": self.notice(),
            "origin": "purchase-form",
        })
    }
}
