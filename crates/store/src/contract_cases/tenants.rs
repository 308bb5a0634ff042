//! Tenants begin and end.

use obhut_core::{
    change::{Change, Expect, Tenant, TenantState},
    id::TenantId,
    period::{Period, Unit},
};

use super::{World, cases, world::at};

cases! {
    a_tenant_is_read_as_it_was_added,
    a_tenant_is_added_once_and_by_its_own_batch,
    tenants_come_by_id_in_pages,
    an_ended_tenant_has_no_name_and_no_credentials,
    an_ended_tenant_takes_nobody_in,
    what_is_left_of_an_ended_tenant_can_be_erased,
    a_choice_is_the_tenants_and_can_be_relied_upon,
}

async fn a_choice_is_the_tenants_and_can_be_relied_upon(world: World) {
    let (one, other) = (world.tenant().await, world.tenant().await);
    let (mine, theirs) = (world.person(one).await, world.person(other).await);
    let [month, week] = [(1, Unit::Month), (1, Unit::Week)].map(|(count, unit)| Period::new(count, unit));
    let choose = |rule: &str, period| Change::Choose { rule: rule.into(), period };
    world.commit(one, [choose("orders", Some(month)), choose("tickets", Some(month))]).await;
    world.commit(one, [choose("orders", Some(week))]).await;
    let chosen = [("orders".into(), week), ("tickets".into(), month)];
    assert_eq!(world.snapshot(one, mine).await.chosen, chosen.into());
    assert_eq!(world.snapshot(other, theirs).await.chosen, [].into());
    assert_eq!(world.store.choices(one).await.unwrap(), world.snapshot(one, mine).await.chosen);
    assert_eq!(world.store.choices(other).await.unwrap(), [].into());
    let relies = |tenant, period| {
        let mut batch = world.batch(tenant, []);
        batch.expect.push(Expect::Chosen { rule: "orders".into(), period });
        batch
    };
    world.store.commit(relies(one, Some(week))).await.unwrap();
    world.store.commit(relies(other, None)).await.unwrap();
    world.conflict(relies(one, None)).await;
    world.conflict(relies(one, Some(month))).await;
    world.conflict(relies(other, Some(week))).await;
    world.commit(one, [choose("orders", None), choose("unheard-of", None)]).await;
    assert_eq!(world.snapshot(one, mine).await.chosen, [("tickets".into(), month)].into());
}

async fn a_tenant_is_read_as_it_was_added(world: World) {
    let tenant = Tenant {
        id: world.id(TenantId::from_bytes),
        name: "Café „Zur Glocke“ 🛎 日本\0'; --".into(),
        state: TenantState::Active,
        account: world.new_subject().id,
        created: at(-9_999_999_999),
    };
    world.commit(tenant.id, [Change::AddTenant(tenant.clone())]).await;
    assert_eq!(world.store.tenant(tenant.id).await.unwrap(), Some(tenant));
    assert_eq!(world.store.tenant(world.id(TenantId::from_bytes)).await.unwrap(), None);
}

async fn a_tenant_is_added_once_and_by_its_own_batch(world: World) {
    let id = world.tenant().await;
    let tenant = world.store.tenant(id).await.unwrap().unwrap();
    world.refuse(id, [Change::AddTenant(tenant.clone())]).await;
    let other = world.id(TenantId::from_bytes);
    world.store.commit(world.batch(other, [Change::AddTenant(tenant)])).await.unwrap_err();
    assert_eq!(world.store.tenant(other).await.unwrap(), None);
}

async fn tenants_come_by_id_in_pages(world: World) {
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(world.tenant().await);
    }
    // The lowest id there is belongs to the operator: its row is found by its id and is among no tenants.
    let operator = Tenant { id: TenantId::OPERATOR, ..world.store.tenant(ids[0]).await.unwrap().unwrap() };
    world.commit(TenantId::OPERATOR, [Change::AddTenant(operator)]).await;
    assert!(world.store.tenant(TenantId::OPERATOR).await.unwrap().is_some());
    let page = async |after, limit| -> Vec<TenantId> {
        world.store.tenants(after, limit).await.unwrap().into_iter().map(|tenant| tenant.id).collect()
    };
    assert_eq!(page(None, 99).await, ids);
    assert_eq!(page(None, 2).await, ids[..2]);
    assert_eq!(page(Some(ids[1]), 2).await, ids[2..4]);
    assert_eq!(page(Some(ids[4]), 2).await, []);
    assert_eq!(page(None, 0).await, []);
}

async fn an_ended_tenant_has_no_name_and_no_credentials(world: World) {
    let (tenant, other) = (world.tenant().await, world.tenant().await);
    let (lost, kept) = (world.new_credential(Some(tenant)), world.new_credential(Some(other)));
    world.commit(tenant, [Change::PutCredential(lost.clone())]).await;
    world.commit(other, [Change::PutCredential(kept.clone())]).await;
    world.commit(tenant, [Change::EndTenant { at: at(5) }]).await;
    let ended = world.store.tenant(tenant).await.unwrap().unwrap();
    assert_eq!((ended.name.as_str(), ended.state), ("", TenantState::Ended(at(5))));
    assert_eq!(world.store.credential(lost.hash).await.unwrap(), None);
    assert_eq!(world.store.credential(kept.hash).await.unwrap(), Some((other, kept)));
    world.refuse(tenant, [Change::EndTenant { at: at(6) }]).await;
    world.refuse(world.id(TenantId::from_bytes), [Change::EndTenant { at: at(6) }]).await;
}

async fn an_ended_tenant_takes_nobody_in(world: World) {
    let tenant = world.tenant().await;
    world.commit(tenant, [Change::EndTenant { at: at(5) }]).await;
    let mut batch = world.batch(tenant, []);
    batch.expect = vec![Expect::TenantActive];
    world.conflict(batch).await;
    world.refuse(tenant, [Change::AddSubject(world.new_subject())]).await;
}

async fn what_is_left_of_an_ended_tenant_can_be_erased(world: World) {
    let tenant = world.tenant().await;
    let subject = world.person(tenant).await;
    let (_, changes) = world.everything_about(subject);
    world.commit(tenant, changes).await;
    world.commit(tenant, [Change::EndTenant { at: at(5) }]).await;
    let receipt = world.new_receipt(subject);
    world.commit(tenant, [Change::DropSubject(subject), Change::AddReceipt(receipt.clone())]).await;
    assert_eq!(world.store.subject(tenant, subject).await.unwrap(), None);
    assert_eq!(world.store.receipts(tenant, at(0), 9).await.unwrap(), [receipt]);
}
