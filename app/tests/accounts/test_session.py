def test_a(client, sign_in):
    r = client.get("/api/v2/session")
    assert r.json()["code"]=="not-signed-in"
    c = sign_in("administrator")
    r = c.get("/api/v2/session"); print(r.json(), r.headers)
    assert r.status_code==200
    print(c.get("/readyz").json())
    print(c.get("/api/v2/users").json())
    assert 0
