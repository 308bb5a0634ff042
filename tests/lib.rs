//! What the integration tests share: the deployment `configurator` over a real data folder.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test stops at the first surprise"
)]

use std::{collections::BTreeMap, path::Path, sync::Arc};

use obhut_core::{
    access::Caller,
    id::{ClassName, FieldName, TenantId},
    model::Model,
};
use obhut_engine::{Engine, Host, NewTenant, SystemClock, people::Submission};
use obhut_keyring::{Keyring, SystemRandom};
use obhut_policy::{Source, Sources};
use obhut_store::sqlite::SqliteStore;

/// The published policy.
pub fn model() -> Model {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deployments/configurator/policy.toml");
    let text = std::fs::read_to_string(file).unwrap();
    let sources = Sources(vec![Source { name: "policy.toml".into(), text }]);
    obhut_policy::load(&sources).model.expect("the policy of the deployment is clean")
}

/// The engine over a data folder, as the server opens it.
pub async fn open(data: &Path) -> Engine {
    let random = Arc::new(SystemRandom);
    let keys = Arc::new(Keyring::open(data, &*random).unwrap());
    let store = Arc::new(SqliteStore::open(&data.join("obhut.db")).unwrap());
    let host = Host { clock: Arc::new(SystemClock::default()), random };
    Engine::start(Arc::new(model()), store, keys, host).await.unwrap()
}

/// A caller in a role of a tenant.
pub fn caller(role: &str, tenant: TenantId) -> Caller {
    Caller { credential: None, tenant: Some(tenant), role: role.into(), purposes: None }
}

/// Values by field.
pub fn fields(values: &[(&str, &str)]) -> BTreeMap<FieldName, String> {
    values.iter().map(|(field, value)| (FieldName::from(*field), (*value).to_owned())).collect()
}

/// Opens a client.
pub async fn client(engine: &Engine, name: &str) -> TenantId {
    let support = Caller { credential: None, tenant: None, role: "operator-support".into(), purposes: None };
    let new = NewTenant {
        name: name.to_owned(),
        purpose: "run-service".into(),
        values: [("client-account".into(), fields(&[("name", name), ("email", "client@example.org")]))].into(),
        notice: engine.model().policy.hash,
    };
    engine.open_tenant(&support, &new).await.unwrap().id
}

/// An order of a shopper, with bank details if they are given.
pub fn order(engine: &Engine, values: &[(&str, &str)], bank: &[(&str, &str)]) -> Submission {
    let mut classes: BTreeMap<ClassName, _> = [("shopper-order".into(), fields(values))].into();
    if !bank.is_empty() {
        classes.insert("shopper-bank".into(), fields(bank));
    }
    Submission {
        subject: None,
        purpose: "order-documents".into(),
        values: classes,
        facts: [].into(),
        events: vec![("shopper.activity".into(), None), ("order.triggered".into(), None)],
        declarations: Vec::new(),
        notice: engine.model().policy.hash,
        origin: "purchase-form".into(),
        choice: None,
    }
}
