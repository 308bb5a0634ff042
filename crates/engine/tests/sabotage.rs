//! Every check can fail: for each promise that data can show, its mechanism is switched off or distorted, and the
//! rehearsal must find it broken. The published policy stays what it is; what runs is something else.

mod common;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use async_trait::async_trait;
use common::{Setting, state};
use jiff::Timestamp;
use obhut_core::{
    change::{
        Batch, Change, Credential, DisclosureRow, DueRow, JobRun, KeySlot, Message, PolicyVersion, Receipt, Tenant,
    },
    consent::ConsentKind,
    id::{AudienceName, FieldName, RetentionName, SubjectId, TenantId},
    model::{Acts, Basis, Lang, Lifetime, Others, PolicyHash, Sender},
    period::{Period, Unit},
    promise::State,
    rule::{Anchoring, Rule},
};
use obhut_store::{AuditEntry, AuditFilter, CommitError, DueEntry, Inventory, Store, StoreError, SubjectSnapshot};

/// Plays the setting and expects the promise to be found broken, and tells by what.
#[track_caller]
fn breaks(number: u8, setting: Setting) {
    let report = setting.play();
    let (found, evidence) = state(&report, number);
    assert_eq!(found, State::Broken, "configurator-{number:02} was not found broken: {evidence}");
    println!("configurator-{number:02}: {evidence}");
}

/// The sound setting with a change.
fn with(change: impl FnOnce(&mut Setting)) -> Setting {
    let mut setting = Setting::sound();
    change(&mut setting);
    setting
}

#[test]
fn client_data_kept_after_the_end() {
    let later = |setting: &mut Setting| {
        let client = setting.running.retentions.get_mut("client").unwrap();
        client.stages[0].rule = Rule::After {
            within: false,
            period: Period::new(1, Unit::Week),
            anchor: Anchoring::First,
            event: "client.terminated".into(),
            rounding: None,
            choice: None,
        };
    };
    breaks(5, with(later));
    breaks(10, with(later));
}

#[test]
fn an_undeclared_field_taken() {
    breaks(6, with(|s| s.running.data.get_mut("client-account").unwrap().fields.push("note".into())));
}

#[test]
fn clients_written_to_for_anything() {
    breaks(7, with(|s| s.running.messages.get_mut("client").unwrap().purposes.push("bookkeeping".into())));
}

#[test]
fn a_download_that_lacks_a_class() {
    breaks(
        8,
        with(|s| s.running.purposes.get_mut("hand-over").unwrap().data.retain(|c| c.as_str() != "client-product")),
    );
}

#[test]
fn the_cascade_skipped() {
    breaks(
        12,
        with(|s| {
            let cascade = &mut s.running.retentions.get_mut("client").unwrap().cascade;
            cascade.retain(|class| class.as_str() != "shopper-order");
        }),
    );
}

#[test]
fn disclosed_without_agreement() {
    // Everybody who had the log-in remembered is taken to have agreed to everything.
    breaks(
        13,
        with(|s| {
            s.running.disclosure.others.insert("client".into(), Others::WithConsent("remember-me".into()));
        }),
    );
}

#[test]
fn a_demand_met_without_approval() {
    breaks(14, with(|s| s.running.recipients.get_mut("law-enforcement").unwrap().approvals = 0));
}

#[test]
fn credentials_that_are_not_bound_to_a_tenant() {
    let unbound = |s: &mut Setting| {
        s.running.roles.get_mut("client").unwrap().acts = Acts::System;
        s.running.messages.get_mut("shopper").unwrap().from.push(Sender::Operator);
        s.store = |inner| Distorted::of(inner, Distortion::CredentialsUnbound);
        s.scenario.happens.clear();
    };
    breaks(15, with(unbound));
    breaks(33, with(unbound));
}

#[test]
fn bank_details_taken_with_any_payment_method() {
    breaks(16, with(|s| s.running.data.get_mut("shopper-bank").unwrap().only_if = None));
}

#[test]
fn the_purpose_gate_open_before_the_order() {
    breaks(17, with(|s| s.running.purposes.get_mut("order-documents").unwrap().requires = None));
}

#[test]
fn a_list_that_lacks_somebody() {
    let hidden = |s: &mut Setting| s.store = |inner| Distorted::of(inner, Distortion::OneIsHidden);
    breaks(19, with(hidden));
    breaks(20, with(hidden));
}

#[test]
fn a_list_read_without_a_note() {
    breaks(19, with(|s| s.store = |inner| Distorted::of(inner, Distortion::NoAudit)));
}

#[test]
fn an_erasure_that_leaves_the_key() {
    breaks(21, with(|s| s.store = |inner| Distorted::of(inner, Distortion::KeysSpared)));
}

#[test]
fn an_erasure_that_leaves_the_rows() {
    breaks(21, with(|s| s.store = |inner| Distorted::of(inner, Distortion::SubjectsSpared)));
}

#[test]
fn the_operator_sees_shoppers() {
    let opened = |s: &mut Setting| {
        s.running.purposes.get_mut("own-shoppers").unwrap().roles.push("operator-support".into());
    };
    breaks(22, with(opened));
    breaks(23, with(opened));
}

#[test]
fn shopper_data_disclosed_on_some_consent() {
    breaks(
        24,
        with(|s| {
            s.running.disclosure.others.insert("shopper".into(), Others::WithConsent("keep-my-data".into()));
        }),
    );
}

#[test]
fn no_sweep() {
    breaks(25, with(|s| s.sweep = false));
}

#[test]
fn a_sweep_that_comes_a_day_late() {
    breaks(
        25,
        with(|s| {
            let rule = &mut s.running.retentions.get_mut("shopper").unwrap().stages[0].rule;
            let Rule::After { period, .. } = rule else { panic!("the rule changed") };
            *period = Period::new(15, Unit::Day);
        }),
    );
}

#[test]
fn data_erased_a_day_early() {
    breaks(
        25,
        with(|s| {
            let rule = &mut s.running.retentions.get_mut("shopper").unwrap().stages[0].rule;
            let Rule::After { period, .. } = rule else { panic!("the rule changed") };
            *period = Period::new(13, Unit::Day);
        }),
    );
}

#[test]
fn the_first_activity_taken_for_the_last() {
    breaks(
        25,
        with(|s| {
            let rule = &mut s.running.retentions.get_mut("shopper").unwrap().stages[0].rule;
            let Rule::After { anchor, .. } = rule else { panic!("the rule changed") };
            *anchor = Anchoring::First;
        }),
    );
}

#[test]
fn consent_ignored() {
    breaks(26, with(|s| s.running.retentions.get_mut("shopper").unwrap().unless = None));
}

#[test]
fn a_withdrawal_lost() {
    breaks(26, with(|s| s.store = |inner| Distorted::of(inner, Distortion::WithdrawalsLost)));
}

#[test]
fn data_kept_on_consent_used_for_something_else() {
    breaks(
        28,
        with(|s| {
            s.running.purposes.get_mut("own-shoppers").unwrap().basis = Basis::Consent("keep-my-data".into());
        }),
    );
}

#[test]
fn the_operator_writes_to_shoppers() {
    breaks(32, with(|s| s.running.messages.get_mut("shopper").unwrap().from.push(Sender::Operator)));
}

#[test]
fn a_log_in_remembered_for_two_years() {
    breaks(
        40,
        with(|s| {
            let keep = &mut s.running.cookies.get_mut("remember").unwrap().keep;
            let Lifetime::Rule(Rule::After { period, .. }) = keep else { panic!("the rule changed") };
            *period = Period::new(2, Unit::Year);
        }),
    );
}

/// What a distorted store does wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Distortion {
    CredentialsUnbound,
    OneIsHidden,
    NoAudit,
    KeysSpared,
    SubjectsSpared,
    WithdrawalsLost,
}

/// A store with one fault.
struct Distorted {
    inner: Arc<dyn Store>,
    fault: Distortion,
}

impl Distorted {
    fn of(inner: Arc<dyn Store>, fault: Distortion) -> Arc<dyn Store> {
        Arc::new(Self { inner, fault })
    }
}

#[async_trait]
impl Store for Distorted {
    async fn commit(&self, mut batch: Batch) -> Result<(), CommitError> {
        match self.fault {
            Distortion::WithdrawalsLost => batch
                .changes
                .retain(|change| !matches!(change, Change::Consented(row) if row.event.kind == ConsentKind::Withdrawn)),
            Distortion::SubjectsSpared => batch.changes.retain(|change| !matches!(change, Change::DropSubject(_))),
            _ => {}
        }
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
        let mut page = self.inner.subjects(tenant, audience, after, limit).await?;
        if self.fault == Distortion::OneIsHidden && after.is_none() && page.len() > 1 {
            page.remove(0);
        }
        Ok(page)
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
        if self.fault == Distortion::NoAudit {
            return Ok(Vec::new());
        }
        self.inner.audit(tenant, filter, limit).await
    }

    async fn messages(&self, tenant: TenantId, limit: usize) -> Result<Vec<Message>, StoreError> {
        self.inner.messages(tenant, limit).await
    }

    async fn disclosures(&self, tenant: TenantId, subject: SubjectId) -> Result<Vec<DisclosureRow>, StoreError> {
        self.inner.disclosures(tenant, subject).await
    }

    async fn credential(&self, hash: [u8; 32]) -> Result<Option<(TenantId, Credential)>, StoreError> {
        let mut found = self.inner.credential(hash).await?;
        if let (Distortion::CredentialsUnbound, Some((_, credential))) = (self.fault, &mut found) {
            credential.tenant = None;
            // Used just now, so that nothing is written back.
            credential.last_used = Timestamp::MAX;
        }
        Ok(found)
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
        if self.fault == Distortion::KeysSpared {
            return Ok(Vec::new());
        }
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
