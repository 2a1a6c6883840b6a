import { useState } from 'preact/hooks';
import { Blocks } from './blocks.tsx';
import { useLab } from './lab.ts';

/** What the app has published for this person. */
export function Home() {
  const { shown } = useLab();
  const [problem, setProblem] = useState('');
  return (
    <main class="channel">
      <header class="head">
        <h1>{shown.app.name}</h1>
        <p>Home</p>
      </header>
      <div class="home">
        {shown.home ? (
          <Blocks blocks={shown.home.blocks} where="home" onProblem={setProblem} />
        ) : (
          <p class="empty">
            {shown.app.name} has published nothing on its Home tab. It was told that you opened it (app_home_opened).
          </p>
        )}
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
      </div>
    </main>
  );
}
