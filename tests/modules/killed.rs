//! What the process of a module does when its host was killed.

use super::bench::{PIN, command, list, with_ivan};
use serde_json::json;
use std::{fs, thread, time::Duration};
use tamga_tests::{people::People, processes::ModuleProcess};

#[test]
fn it_logs_out_of_a_token_that_nobody_else_works_with() {
    let Some(people) = People::get() else { return };
    for in_use in [false, true] {
        let bench = with_ivan(people, |double| double);
        let mut host = bench.host();
        let key = list(&mut host)["keys"][0].clone();
        let mut begin = command(&key, PIN, 1);
        begin["unlock"]["term"] = json!({"signatures": 5});
        assert_eq!(host.request(&begin)["type"], "done");
        assert_eq!(bench.count("C_Logout"), 0);
        let mut locks = fs::read_dir(bench.computer.data().join("locks")).unwrap();
        let lock = fs::File::open(locks.next().unwrap().unwrap().path()).unwrap();
        if in_use {
            // As another host does that works with the token.
            lock.try_lock().unwrap();
        }
        let processes = ModuleProcess::of(&host);
        assert_eq!(processes.len(), 1, "{processes:?}");
        host.kill();
        while processes.iter().any(ModuleProcess::runs) {
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(bench.count("C_Logout"), usize::from(!in_use));
    }
}
