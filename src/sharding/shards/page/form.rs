//! The form for a new shard.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::error::AppError;
use crate::text::use_lang;
use crate::ui::form::{TextField, error_at};

/// A replica set that is to become a shard.
#[component]
pub fn AddForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let Asked { target, form, .. } = asked;
    view! {
        <section class="card" id="add">
            <h2>{lang.of("Add a shard", "샤드 추가")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="action" value="add_shard" />
                <TextField
                    name="hosts"
                    label=lang.of("Replica set", "복제 세트")
                    value=form.hosts
                    maxlength=4_000
                    help=lang
                        .of(
                            "Its name and its members, as every server of the cluster reaches them: set/host:27018,host:27018",
                            "이름과 멤버. 클러스터의 모든 서버가 접근하는 주소로 쓰세요: set/host:27018,host:27018",
                        )
                    error=error_at(error.as_ref(), "hosts")
                />
                <TextField
                    name="name"
                    label=lang.of("Name of the shard", "샤드 이름")
                    value=form.name
                    required=false
                    maxlength=128
                    help=lang
                        .of("Empty: the name of the replica set. It cannot be changed later.", "비워 두면 복제 세트 이름입니다. 나중에 바꿀 수 없습니다.")
                    error=error_at(error.as_ref(), "name")
                />
                <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
            </form>
        </section>
    }
}
