import "../../packages/roundtrip-client/tests/setup";
