//! Every further check can fail: on each of the larger deployments what runs is distorted, the published policy stays what
//! it is, and the rehearsal must find the promise broken. The same promise is kept where nothing is distorted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::{collections::BTreeMap, path::Path, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use obhut_core::{
    change::{
        Batch, Change, Credential, DisclosureRow, DueRow, JobRun, KeySlot, Message, PolicyVersion, Receipt, Tenant,
    },
    clock::ManualClock,
    consent::ConsentEvent,
    id::{AudienceName, FieldName, PurposeName, RetentionName, RoleName, SubjectId, TenantId},
    model::{Action, Basis, Lang, Model, PolicyHash},
    period::{Period, Unit},
    promise::{Standing, State},
    rule::Rule,
};
use obhut_engine::{
    Engine, Host,
    promises::{self, By, Promise},
    prove,
    rehearse::{
        Plan, rehearse,
        scenario::{self, Scenario},
    },
};
use obhut_keyring::{Keyring, Random, SeededRandom};
use obhut_policy::{Source, Sources};
use obhut_store::{
    AuditEntry, AuditFilter, CommitError, DueEntry, Inventory, Store, StoreError, SubjectSnapshot, sqlite::SqliteStore,
};

fn read(deployment: &str, file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deployments").join(deployment);
    std::fs::read_to_string(folder.join(file)).unwrap()
}

fn model(deployment: &str) -> Model {
    let sources = Sources(vec![Source { name: "policy.toml".into(), text: read(deployment, "policy.toml") }]);
    let loaded = obhut_policy::load(&sources);
    loaded.model.unwrap_or_else(|| panic!("{deployment}: {:?}", loaded.diagnostics))
}

/// What is distorted.
struct Fault {
    /// The policy that runs.
    policy: fn(&mut Model),
    /// What becomes of a batch on its way to the store.
    bend: fn(&mut Batch),
    /// Whether the audit log is empty.
    deaf: bool,
}

impl Fault {
    const NONE: Self = Self { policy: |_| {}, bend: |_| {}, deaf: false };

    const fn policy(policy: fn(&mut Model)) -> Self {
        Self { policy, ..Self::NONE }
    }

    const fn bend(bend: fn(&mut Batch)) -> Self {
        Self { bend, ..Self::NONE }
    }
}

/// Plays a deployment for one promise.
fn play(deployment: &str, promise: &Promise, fault: &Fault) -> Standing {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let scenario: Scenario = scenario::parse(&read(deployment, "people.toml")).unwrap();
        let published = Arc::new(model(deployment));
        let mut running = model(deployment);
        (fault.policy)(&mut running);
        let clock = Arc::new(ManualClock::new(scenario.start));
        let random: Arc<dyn Random> = Arc::new(SeededRandom::new(7));
        let keys = Arc::new(Keyring::ephemeral(&*random).unwrap());
        let inner = Arc::new(SqliteStore::in_memory().unwrap());
        let store = Arc::new(Bent { inner, bend: fault.bend, deaf: fault.deaf });
        let host = Host { clock: Arc::clone(&clock) as _, random };
        let engine = Engine::start(Arc::new(running), store, keys, host).await.unwrap();
        let scratch = tempfile::tempdir().unwrap();
        let promises = [promise.clone()];
        let plan = Plan {
            published,
            scenario: &scenario,
            invented: 0,
            until: None,
            sweep: true,
            promises: &promises,
            checks: &prove::checks(),
            scratch: scratch.path(),
        };
        let report = rehearse(&plan, &engine, &clock).await.expect("the rehearsal runs to its end");
        report.promises[&promise.id].clone()
    })
}

/// The first promise of the deployment with this check, or one that the anchors make.
fn promise(deployment: &str, check: &str, makes: &[&str]) -> Promise {
    let mut promises = promises::parse(&read(deployment, "promises.toml")).unwrap();
    let place = promises.iter().position(|promise| promise.by == By::Check(check.to_owned()));
    let mut promise = promises.swap_remove(place.unwrap_or(0));
    promise.by = By::Check(check.to_owned());
    if !makes.is_empty() {
        promise.makes = makes.iter().map(|anchor| (*anchor).into()).collect();
    }
    promise
}

/// The promise is kept as it is, and found broken for this reason with the fault.
#[track_caller]
fn breaks(deployment: &str, check: &str, makes: &[&str], because: &str, fault: Fault) {
    let promise = promise(deployment, check, makes);
    let sound = play(deployment, &promise, &Fault::NONE);
    assert_eq!(sound.state, State::Kept, "{} ({check}) as published: {}", promise.id, sound.evidence);
    let broken = play(deployment, &promise, &fault);
    assert_eq!(broken.state, State::Broken, "{} ({check}) with the fault: {}", promise.id, broken.evidence);
    assert!(broken.evidence.contains(because), "{check}: {}", broken.evidence);
    println!("{check}: {} / {}", sound.evidence, broken.evidence);
}

/// One of the promises with this check is found broken with the fault: not every deployment has the occasion, where data
/// goes with the consent that allows its use.
#[track_caller]
fn breaks_somewhere(check: &str, because: &str, fault: &Fault) {
    let mut seen = Vec::new();
    for deployment in ["hoster", "fleet", "vendor", "residents"] {
        let promises = promises::parse(&read(deployment, "promises.toml")).unwrap();
        for promise in promises.into_iter().filter(|promise| promise.by == By::Check(check.to_owned())) {
            let broken = play(deployment, &promise, fault);
            if broken.state == State::Broken && broken.evidence.contains(because) {
                let sound = play(deployment, &promise, &Fault::NONE);
                assert_eq!(sound.state, State::Kept, "{} as published: {}", promise.id, sound.evidence);
                return;
            }
            seen.push(format!("{}: {}", promise.id, broken.evidence));
        }
    }
    panic!("{check} was found broken nowhere: {seen:?}");
}

/// Every purpose that rests on a consent does without.
fn no_consent(model: &mut Model) {
    for purpose in model.purposes.values_mut().filter(|purpose| matches!(purpose.basis, Basis::Consent(_))) {
        purpose.basis = Basis::Contract;
    }
}

#[test]
fn a_role_that_acts_for_everything() {
    breaks(
        "vendor",
        "purpose-only",
        &[],
        "which the notice does not name",
        Fault::policy(|model| {
            let roles: Vec<RoleName> = model.roles.keys().cloned().collect();
            model.purposes.values_mut().for_each(|purpose| purpose.roles.clone_from(&roles));
        }),
    );
}

#[test]
fn a_purpose_that_no_notice_names() {
    breaks(
        "vendor",
        "unknown-purpose",
        &["notice.purposes"],
        "`resale`",
        Fault::policy(|model| {
            let mut extra = model.purposes.values().next().unwrap().clone();
            extra.data = model.data.keys().cloned().collect();
            extra.roles = model.roles.keys().cloned().collect();
            extra.requires = None;
            extra.basis = Basis::Contract;
            model.purposes.insert(PurposeName::from("resale"), extra);
        }),
    );
}

#[test]
fn a_purpose_that_gets_whole_records() {
    breaks(
        "residents",
        "fields-filtered",
        &[],
        "which it does not need",
        Fault::policy(|model| model.purposes.values_mut().for_each(|purpose| purpose.fields = None)),
    );
}

#[test]
fn a_legal_basis_exchanged() {
    breaks(
        "vendor",
        "every-purpose-has-basis",
        &[],
        "another legal basis",
        Fault::policy(|model| model.purposes.values_mut().for_each(|purpose| purpose.basis = Basis::Public)),
    );
}

#[test]
fn a_rule_exchanged() {
    breaks(
        "vendor",
        "every-class-has-rule",
        &["notice.retention"],
        "another rule",
        Fault::policy(|model| {
            let rule = model.retentions.values_mut().last().unwrap();
            rule.stages.last_mut().unwrap().rule = Rule::Earliest(Vec::new());
        }),
    );
}

#[test]
fn data_used_before_the_consent() {
    breaks_somewhere("consent-first", "opened data without", &Fault::policy(no_consent));
}

#[test]
fn data_used_after_the_withdrawal() {
    breaks_somewhere("withdrawal-stops", "after the withdrawal", &Fault::policy(no_consent));
}

#[test]
fn the_proof_of_another_text() {
    breaks(
        "vendor",
        "consent-recorded",
        &["consent.quote", "consent.contact"],
        "not of the text that is published",
        Fault::policy(|model| model.consents.values_mut().for_each(|consent| consent.text.de.push_str(" Und mehr."))),
    );
}

#[test]
fn one_tick_for_everything() {
    breaks(
        "vendor",
        "consents-separate",
        &["consent.map", "consent.telemetry"],
        "only another was declared",
        Fault::bend(|batch| {
            let more: Vec<Change> = batch.changes.iter().filter_map(also_telemetry).collect();
            batch.changes.extend(more);
        }),
    );
}

fn also_telemetry(change: &Change) -> Option<Change> {
    let Change::Consented(row) = change else { return None };
    let mut other = row.clone();
    other.event = ConsentEvent { consent: "telemetry".into(), ..row.event.clone() };
    (row.event.consent.as_str() == "map").then_some(Change::Consented(other))
}

#[test]
fn an_end_that_cannot_be_cancelled() {
    breaks(
        "vendor",
        "cancelled",
        &["retain.product", "retain.contract", "retain.account"],
        "although the end was cancelled",
        Fault::policy(|model| model.retentions.values_mut().for_each(|rule| rule.cancel = None)),
    );
}

#[test]
fn data_used_in_the_time_between() {
    breaks(
        "residents",
        "restricted-meanwhile",
        &[],
        "opened what is restricted",
        Fault::policy(|model| {
            for rule in model.retentions.values_mut() {
                rule.meanwhile = None;
                let last = rule.stages.len() - 1;
                let restricts = |place: usize, action: Action| place < last && action == Action::Restrict;
                let kept = rule.stages.iter().enumerate().filter(|(place, stage)| !restricts(*place, stage.action));
                rule.stages = kept.map(|(_, stage)| stage.clone()).collect();
            }
        }),
    );
}

#[test]
fn a_hold_that_holds_nothing() {
    breaks("hoster", "held", &[], "held for it", Fault::policy(|model| model.holds.clear()));
}

#[test]
fn an_event_that_does_not_happen_by_itself() {
    breaks(
        "residents",
        "derived",
        &[],
        "date",
        Fault::policy(|model| model.events.values_mut().for_each(|event| event.derived = None)),
    );
}

#[test]
fn a_choice_that_is_ignored() {
    fn fixed(rule: &mut Rule) {
        match rule {
            Rule::Earliest(rules) | Rule::Latest(rules) => rules.iter_mut().for_each(fixed),
            Rule::After { choice: Some(choice), .. } => {
                choice.least = Period::new(3, Unit::Year);
                choice.most = Period::new(3, Unit::Year);
            }
            _ => {}
        }
    }
    breaks(
        "hoster",
        "tenant-chooses",
        &[],
        "date",
        Fault::policy(|model| {
            model.retentions.values_mut().flat_map(|rule| &mut rule.stages).for_each(|stage| fixed(&mut stage.rule));
        }),
    );
}

#[test]
fn erasure_in_the_place_of_anonymisation() {
    breaks(
        "residents",
        "anonymised",
        &[],
        "leads nowhere",
        Fault::policy(|model| {
            let stages = model.retentions.values_mut().flat_map(|rule| &mut rule.stages);
            stages.filter(|stage| stage.action == Action::Anonymise).for_each(|stage| stage.action = Action::Erase);
        }),
    );
}

#[test]
fn an_audit_log_that_notes_nothing() {
    breaks("residents", "every-act-noted", &[], "not noted", Fault { deaf: true, ..Fault::NONE });
}

#[test]
fn a_value_that_stands_in_the_files() {
    breaks(
        "hoster",
        "sealed-at-rest",
        &[],
        "readable in the stored files",
        Fault::bend(|batch| {
            for change in &mut batch.changes {
                if let Change::PutRecord(record) = change {
                    record.origin = some_value();
                }
            }
        }),
    );
}

/// The longest value of the first declared person.
fn some_value() -> String {
    let people = scenario::parse(&read("hoster", "people.toml")).unwrap();
    let person = people.person.values().next().unwrap();
    person.values.values().flat_map(BTreeMap::values).max_by_key(|value| value.len()).unwrap().clone()
}

#[test]
fn a_recipient_that_gets_everything() {
    breaks(
        "vendor",
        "listed-recipients-only",
        &["notice.recipients"],
        "which the notice does not name for it",
        Fault::policy(|model| {
            let all: Vec<_> = model.data.keys().cloned().collect();
            model.recipients.values_mut().for_each(|recipient| {
                recipient.data.clone_from(&all);
                recipient.fields = None;
            });
        }),
    );
}

#[test]
fn a_recipient_that_gets_whole_records() {
    breaks(
        "residents",
        "recipient-fields",
        &[],
        "fields usage-analytics got",
        Fault::policy(|model| model.recipients.values_mut().for_each(|recipient| recipient.fields = None)),
    );
}

#[test]
fn data_that_may_be_sold() {
    breaks(
        "vendor",
        "no-sale",
        &["disclosure.sale"],
        "another ground",
        Fault::policy(|model| {
            let broker = model.recipients.values().next().unwrap().clone();
            model.recipients.insert("address-trade".into(), broker);
        }),
    );
}

#[test]
fn a_safeguard_that_never_ends() {
    breaks(
        "residents",
        "living-safeguard",
        &[],
        "after the end of the safeguard",
        Fault::policy(|model| {
            for safeguard in model.recipients.values_mut().filter_map(|recipient| recipient.safeguard.as_mut()) {
                safeguard.until = None;
            }
        }),
    );
}

#[test]
fn an_agreement_that_never_ends() {
    breaks(
        "residents",
        "living-agreement",
        &[],
        "after the end of the agreement",
        Fault::policy(|model| model.recipients.values_mut().for_each(|recipient| recipient.agreement_until = None)),
    );
}

#[test]
fn an_erasure_on_request_that_leaves_the_rows() {
    breaks(
        "hoster",
        "request-erased",
        &[],
        "is still there",
        Fault::bend(|batch| {
            let stays = |change: &Change| !matches!(change, Change::DropSubject(_) | Change::DropRecord { .. });
            batch.changes.retain(stays);
        }),
    );
}

/// A store with a fault.
struct Bent {
    inner: Arc<SqliteStore>,
    bend: fn(&mut Batch),
    deaf: bool,
}

#[async_trait]
impl Store for Bent {
    async fn commit(&self, mut batch: Batch) -> Result<(), CommitError> {
        (self.bend)(&mut batch);
        self.inner.commit(batch).await
    }

    async fn tenant(&self, tenant: TenantId) -> Result<Option<Tenant>, StoreError> {
        self.inner.tenant(tenant).await
    }

    async fn tenants(&self, after: Option<TenantId>, limit: usize) -> Result<Vec<Tenant>, StoreError> {
        self.inner.tenants(after, limit).await
    }

    async fn choices(&self, tenant: TenantId) -> Result<BTreeMap<RetentionName, Period>, StoreError> {
        self.inner.choices(tenant).await
    }

    async fn subject(&self, tenant: TenantId, subject: SubjectId) -> Result<Option<SubjectSnapshot>, StoreError> {
        self.inner.subject(tenant, subject).await
    }

    async fn subjects(
        &self,
        tenant: TenantId,
        audience: &AudienceName,
        after: Option<SubjectId>,
        limit: usize,
    ) -> Result<Vec<SubjectSnapshot>, StoreError> {
        self.inner.subjects(tenant, audience, after, limit).await
    }

    async fn count_subjects(&self, tenant: TenantId, audience: &AudienceName) -> Result<u64, StoreError> {
        self.inner.count_subjects(tenant, audience).await
    }

    async fn find(&self, tenant: TenantId, field: &FieldName, hash: [u8; 16]) -> Result<Option<SubjectId>, StoreError> {
        self.inner.find(tenant, field, hash).await
    }

    async fn inventory(&self, tenant: TenantId) -> Result<Inventory, StoreError> {
        self.inner.inventory(tenant).await
    }

    async fn receipts(&self, tenant: TenantId, since: Timestamp, limit: usize) -> Result<Vec<Receipt>, StoreError> {
        self.inner.receipts(tenant, since, limit).await
    }

    async fn audit(&self, tenant: TenantId, filter: &AuditFilter, limit: usize) -> Result<Vec<AuditEntry>, StoreError> {
        if self.deaf { Ok(Vec::new()) } else { self.inner.audit(tenant, filter, limit).await }
    }

    async fn messages(&self, tenant: TenantId, limit: usize) -> Result<Vec<Message>, StoreError> {
        self.inner.messages(tenant, limit).await
    }

    async fn disclosures(&self, tenant: TenantId, subject: SubjectId) -> Result<Vec<DisclosureRow>, StoreError> {
        self.inner.disclosures(tenant, subject).await
    }

    async fn credential(&self, hash: [u8; 32]) -> Result<Option<(TenantId, Credential)>, StoreError> {
        self.inner.credential(hash).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<DueEntry>, StoreError> {
        self.inner.due(now, limit).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.inner.next_due().await
    }

    async fn due_of(&self, tenant: TenantId, subject: SubjectId) -> Result<Vec<DueRow>, StoreError> {
        self.inner.due_of(tenant, subject).await
    }

    async fn doomed_keys(&self, limit: usize) -> Result<Vec<(TenantId, KeySlot)>, StoreError> {
        self.inner.doomed_keys(limit).await
    }

    async fn versions(&self) -> Result<Vec<PolicyVersion>, StoreError> {
        self.inner.versions().await
    }

    async fn notice(
        &self,
        version: PolicyHash,
        audience: &AudienceName,
        lang: Lang,
    ) -> Result<Option<String>, StoreError> {
        self.inner.notice(version, audience, lang).await
    }

    async fn job(&self, job: &str) -> Result<Option<JobRun>, StoreError> {
        self.inner.job(job).await
    }

    async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        self.inner.copy_to(file).await
    }

    async fn compact(&self) -> Result<(), StoreError> {
        self.inner.compact().await
    }
}
