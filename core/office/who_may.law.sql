-- Who may do an act and what it weighs: core/office/who_may.txt for the database. Made by tools/vocabgen.awk (make vocabulary).

-- The roles whose posts may do it; NULL where no post is asked for or no route leads to it. An act that is not in the
-- table is nobody's.
CREATE FUNCTION act_roles(act text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE
        WHEN act IN ('log.read', 'log.export', 'log.verify', 'log.purge-confirm', 'log.purge-withdraw',
            'inspection.open', 'inspection.save', 'inspection.close', 'staff.read',
            'department.read', 'hours.read', 'calendar.read', 'factor.read', 'contact.read')
        THEN '{administrator,auditor}'
        WHEN act IN ('log.purge-ask', 'staff.register', 'staff.change', 'staff.transfer', 'staff.suspend',
            'staff.lift', 'post.add', 'post.end', 'post.revoke', 'approver.change',
            'guest.register', 'guest.extend', 'department.add', 'department.change',
            'instruction.give', 'hours.permit', 'hours.revoke', 'calendar.set', 'calendar.unset',
            'factor.reset', 'form.ask', 'form.accept', 'form.refuse', 'import.read',
            'import.export', 'import.stage', 'import.apply', 'import.discard', 'contact.resume',
            'report.export', 'bounce.count', 'bounce.forgive')
        THEN '{administrator}'
        WHEN act IN ('usage.read', 'usage.export', 'delegation.read')
        THEN '{approver,delegate,administrator,auditor}'
        WHEN act IN ('delegation.make', 'delegation.revoke')
        THEN '{approver,administrator}'
        WHEN act IN ('instruction.see', 'instruction.answer', 'form.apply', 'form.withdraw')
        THEN '{approver}'
        WHEN act IN ('instruction.read', 'form.read')
        THEN '{approver,administrator,auditor}'
        WHEN act IN ('alert.save', 'alert.submit', 'alert.withdraw', 'alert.discard')
        THEN '{drafter}'
        WHEN act IN ('alert.return', 'alert.approve', 'alert.resume')
        THEN '{approver,delegate}'
        WHEN act IN ('alert.stop', 'alert.pause')
        THEN '{drafter,approver,delegate,administrator}'
        WHEN act IN ('report.read', 'sending.read')
        THEN '{drafter,approver,delegate,administrator,auditor}'
        WHEN act IN ('sign-in', 'sign-out', 'post.choose', 'password.change', 'password.reset', 'account.read',
            'account.lang', 'session.end', 'log.purge', 'release.migrate', 'clock.back',
            'staff.add', 'session.end-all', 'sign-in.odd', 'hours.emergency', 'factor.prove',
            'factor.recover', 'factor.enrol', 'factor.confirm', 'factor.renew', 'rules.set',
            'alert.cancel', 'alert.halt', 'alert.expire', 'alert.skip', 'records.drop')
        THEN NULL
        ELSE '{}'
    END)::text[]
$$;

-- The set `staff` of core/office/role.txt.
CREATE FUNCTION roles_staff() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{drafter,approver,delegate,administrator,auditor}'::text[]
$$;

-- The set `brakes` of core/office/role.txt.
CREATE FUNCTION roles_brakes() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{drafter,approver,delegate,administrator}'::text[]
$$;

-- The set `approving` of core/office/role.txt.
CREATE FUNCTION roles_approving() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{approver,delegate}'::text[]
$$;

-- The set `readers` of core/office/role.txt.
CREATE FUNCTION roles_readers() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{administrator,auditor}'::text[]
$$;

-- The set `townwide` of core/office/role.txt.
CREATE FUNCTION roles_townwide() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{administrator,auditor}'::text[]
$$;

-- The set `strict` of core/office/role.txt.
CREATE FUNCTION roles_strict() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{approver,delegate,administrator}'::text[]
$$;

-- The set `given` of core/office/role.txt.
CREATE FUNCTION roles_given() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT '{drafter,approver,auditor}'::text[]
$$;

-- Whether it asks for a fresh proof of the second factor (security D25).
CREATE FUNCTION act_is_grave(act text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT act IN ('password.reset', 'log.export', 'log.purge-ask', 'log.purge-confirm', 'usage.export',
            'staff.register', 'staff.change', 'staff.transfer', 'staff.suspend', 'staff.lift',
            'post.add', 'post.end', 'post.revoke', 'approver.change', 'guest.register',
            'guest.extend', 'department.add', 'department.change', 'delegation.make',
            'delegation.revoke', 'hours.permit', 'factor.reset', 'form.accept', 'alert.approve',
            'import.export', 'report.export')
$$;
