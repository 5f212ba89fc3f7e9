import { Home } from "@/features/identity/components/home";

export default function HomePage() {
  return <Home />;
}
